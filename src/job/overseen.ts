// A fetch whose requests are counted, and whose outcomes are looked at, in one step. Ten thousand requests may wait for
// an answer, and each step of its own would be a promise of its own for each of them.

import type { Fetch, Outcome } from '../base/contracts.ts';
import type { Allowance } from './allowance.ts';
import type { Meter } from './meter.ts';

interface Overseers {
  readonly kept: (outcome: Outcome) => Outcome | Promise<Outcome>;
  readonly allowance: Pick<Allowance, 'began' | 'ended'>;
  readonly meter: Pick<Meter, 'ended'>;
}

/** The same fetch. An outcome is first kept, and then counted. */
export function overseen(fetch: Fetch, { kept, allowance, meter }: Overseers): Fetch {
  const ended = (outcome: Outcome): Outcome => {
    allowance.ended(outcome);
    meter.ended(outcome);
    return outcome;
  };
  const arrived = (outcome: Outcome): Outcome | Promise<Outcome> => {
    const result = kept(outcome);
    return result instanceof Promise ? result.then(ended) : ended(result);
  };
  return (request, signal) => {
    allowance.began();
    return fetch(request, signal).then(arrived);
  };
}
