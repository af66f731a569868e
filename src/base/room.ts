// What a machine lacks may be there later: room on a full disk, a quota, file handles. Work that fails for want of it is done again until it
// succeeds or the patience is over. It owns what is waited for, of all parts that do.

import type { Clock } from './clock.ts';
import { ROOM_PAUSE_MS } from './limits.ts';
import { asMachineError, troubleOf } from './machine.ts';

/** What is waited for; `until` is in steady time. */
export interface Lack {
  readonly host: string;
  readonly until: number;
  readonly why: string;
}

export interface Room {
  /**
   * Does the work, at once and then again while it fails for what may pass. `what` says what was not done, as a sentence without its end. Rejects
   * with MachineError where the machine fails for good, and with what the work failed with where it is not the machine.
   */
  whenThere<T>(what: string, work: () => T | Promise<T>): Promise<T>;
  /** How long each piece of work is tried from now on. Before the first call nothing is waited for. What waits is tried at once. */
  setPatience(ms: number): void;
  /** Null where nothing is lacking. */
  lack(): Lack | null;
}

export function createRoom(clock: Clock): Room {
  let patience = 0;
  /** One for each piece of work that waits. */
  const waiting = new Map<object, Lack>();
  const pauses = new Set<() => void>();

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        pauses.delete(end);
        resolve();
      };
      const timer = clock.after(ROOM_PAUSE_MS, end);
      pauses.add(end);
    });
  return {
    async whenThere(what, work) {
      const self = {};
      let since: number | null = null;
      for (;;) {
        try {
          const result = await work();
          waiting.delete(self);
          return result;
        } catch (error) {
          const lacks = troubleOf(error)?.lacks ?? null;
          const isOver = lacks === null || clock.now() - (since ?? clock.now()) >= patience;
          if (isOver) {
            waiting.delete(self);
            throw asMachineError(error, what);
          }
          if (since === null) waiting.set(self, { host: lacks, until: clock.now() + patience, why: what });
          since ??= clock.now();
          await pause();
        }
      }
    },
    setPatience(ms) {
      patience = ms;
      for (const end of [...pauses]) end();
    },
    lack: () => waiting.values().next().value ?? null,
  };
}

/** For what is done once, where nobody waits. */
export const NO_PATIENCE: Pick<Room, 'whenThere'> = {
  async whenThere(what, work) {
    try {
      return await work();
    } catch (error) {
      throw asMachineError(error, what);
    }
  },
};
