// A root may redirect to a place that is in scope only from then on. What was found there before, or by a worker that
// had not heard of the redirect yet, was left out. When nothing else is left to do, it is judged once more.

import type { Clock } from '../base/clock.ts';
import type { Frontier, Judgement, Ledger } from '../base/contracts.ts';
import type { Admission } from '../crawl/admission.ts';
import type { Scope } from '../url/scope.ts';

export interface SecondLookParts {
  readonly ledger: Pick<Ledger, 'rows'>;
  readonly frontier: Pick<Frontier, 'rejudge'>;
  readonly admission: Pick<Admission, 'again'>;
  readonly scope: Pick<Scope, 'hasGrown'>;
  /** Tells the scope how the roots have answered to other processes; null if there are no others. */
  readonly learnFromOthers: (() => Promise<void>) | null;
  readonly clock: Pick<Clock, 'turn'>;
}

/** Returns a function that resolves to true if it has queued anything. */
export function createSecondLook(parts: SecondLookParts): () => Promise<boolean> {
  const { ledger, frontier, admission, scope, clock } = parts;
  return async () => {
    await parts.learnFromOthers?.();
    if (!scope.hasGrown) return false;
    let hasQueued = false;
    for await (const rows of ledger.rows.outOfScope()) {
      const verdicts: Judgement[] = [];
      for (const { id, hostId, url, depth } of rows) {
        const skip = admission.again(url, depth);
        if (skip !== 'scope') verdicts.push({ id, hostId, skip });
      }
      if (verdicts.length > 0) await frontier.rejudge(verdicts);
      hasQueued ||= verdicts.some(({ skip }) => skip === null);
      await clock.turn();
    }
    return hasQueued;
  };
}
