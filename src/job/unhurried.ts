// Answers that come all at once are processed in several turns of the event loop. Ten thousand of them may be there in
// one turn, and what each leads to (decoding, parsing, links) takes a tenth of a millisecond or more. The answers wait
// in memory, and count in its budget.

import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type { Outcome } from '../base/contracts.ts';
import { PROCESSED_AT_ONCE_MS } from '../base/limits.ts';
import { heldBytesOf } from '../base/raw-body.ts';
import type { Decode } from '../fetch/decode.ts';

interface UnhurriedParts {
  readonly budget: BodyBudget;
  readonly clock: Pick<Clock, 'now' | 'turn'>;
  /** The event loop has something else to do. */
  readonly isOverdue: () => boolean;
}

/** The first step with an answer. While the event loop is overdue it waits for a turn; answers keep their order. */
export function unhurried(decode: Decode, { budget, clock, isOverdue }: UnhurriedParts): Decode {
  const waiting: (() => void)[] = [];
  let isGoing = false;

  const go = async (): Promise<void> => {
    isGoing = true;
    while (waiting.length > 0) {
      await clock.turn();
      const endsAt = clock.now() + PROCESSED_AT_ONCE_MS;
      let at = 0;
      do {
        waiting[at]!();
        at += 1;
        // What the answer leads to begins before the next one.
        await null;
      } while (at < waiting.length && clock.now() < endsAt);
      waiting.splice(0, at);
    }
    isGoing = false;
  };
  const turnFor = (outcome: Outcome): Promise<void> => {
    const turn = new Promise<void>((resolve) => waiting.push(resolve));
    if (!isGoing) void go();
    return budget.during(turn, heldBytesOf(outcome));
  };

  return (outcome, bytesMax) =>
    isGoing || isOverdue() ? turnFor(outcome).then(() => decode(outcome, bytesMax)) : decode(outcome, bytesMax);
}
