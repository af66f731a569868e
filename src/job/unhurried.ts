// Answers that come all at once are processed in several turns of the event loop. Ten thousand of them may be there in
// one turn, and what each leads to (decoding, parsing, links) takes a tenth of a millisecond or more. The answers wait
// in memory, and count in its budget.

import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type { Outcome } from '../base/contracts.ts';
import { PROCESSED_AT_ONCE_MS } from '../base/limits.ts';
import { heldBytesOf } from '../base/raw-body.ts';

interface UnhurriedParts {
  readonly budget: Pick<BodyBudget, 'takeOver' | 'settle'>;
  readonly clock: Pick<Clock, 'now' | 'turn'>;
  /** The event loop has something else to do. */
  readonly isOverdue: () => boolean;
}

/**
 * Tells when an answer may be processed: null at once. While the event loop is overdue it waits for a turn; answers
 * keep their order.
 */
export function createTurnFor({
  budget,
  clock,
  isOverdue,
}: UnhurriedParts): (outcome: Outcome) => Promise<void> | null {
  const waiting: (() => void)[] = [];
  let isGoing = false;

  const go = async (): Promise<void> => {
    isGoing = true;
    while (waiting.length > 0) {
      await clock.turn();
      // What made it overdue was in this turn: its timers come first.
      if (isOverdue()) await clock.turn();
      const endsAt = clock.now() + PROCESSED_AT_ONCE_MS;
      let at = 0;
      do {
        waiting[at]!();
        at += 1;
        // Whoever waited for this turn is called first.
        await null;
      } while (at < waiting.length && clock.now() < endsAt);
      waiting.splice(0, at);
    }
    isGoing = false;
  };

  return (outcome) => {
    if (!isGoing && !isOverdue()) return null;
    // Taken over, so that no other long body may lead meanwhile.
    const bytes = budget.takeOver(heldBytesOf(outcome));
    const turn = new Promise<void>((resolve) => {
      waiting.push(() => {
        budget.settle(bytes);
        resolve();
      });
    });
    if (!isGoing) void go();
    return turn;
  };
}
