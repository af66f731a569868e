// Turns of the event loop in long work that is done one piece after another.

import type { Clock } from './clock.ts';

/** Gives the event loop a turn where it had none for `atOnceMs`; otherwise it returns at once. */
export function createPauses({ now, turn }: Pick<Clock, 'now' | 'turn'>, atOnceMs: number): () => Promise<void> | null {
  let turnAt = now() + atOnceMs;
  return () => {
    if (now() < turnAt) return null;
    return turn().then(() => {
      turnAt = now() + atOnceMs;
    });
  };
}
