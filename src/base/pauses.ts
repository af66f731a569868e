// Turns of the event loop in long work that is done one piece after another.

import type { Clock } from './clock.ts';
import { PROCESSED_AT_ONCE_MS } from './limits.ts';

/** Gives the event loop a turn where it had none for `PROCESSED_AT_ONCE_MS`; otherwise it returns at once. */
export function createPauses({ now, turn }: Pick<Clock, 'now' | 'turn'>): () => Promise<void> | null {
  let turnAt = now() + PROCESSED_AT_ONCE_MS;
  return () => {
    if (now() < turnAt) return null;
    return turn().then(() => {
      turnAt = now() + PROCESSED_AT_ONCE_MS;
    });
  };
}
