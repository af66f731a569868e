// What a machine lacks may be there later: room on a full disk, a quota, file handles. Work that fails for lack of it
// is repeated until it succeeds or the patience is over. This part knows what all others wait for.

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
   * Does the work at once, and repeats it while it fails for a reason that may pass. `what` says what was not done, as
   * a sentence without its full stop. Rejects with MachineError if the machine fails for good, or with the work's own
   * error if the machine is not the cause.
   */
  whenThere<T>(what: string, work: () => T | Promise<T>): Promise<T>;
  /**
   * How long each piece of work is repeated from now on; `databaseMs` is for a database that is away. Before the first
   * call nothing is repeated. Waiting work is tried at once.
   */
  setPatience(ms: number, databaseMs?: number): void;
  /** Null if nothing is lacking. */
  lack(): Lack | null;
}

export function createRoom(clock: Clock): Room {
  let patience = 0;
  let databasePatience = 0;
  /** One entry for each piece of waiting work. */
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
          const most = lacks === 'the database' ? databasePatience : patience;
          const now = clock.now();
          const isOver = lacks === null || now - (since ?? now) >= most;
          if (isOver) {
            waiting.delete(self);
            throw asMachineError(error, what);
          }
          if (since === null) waiting.set(self, { host: lacks, until: now + most, why: what });
          since ??= now;
          await pause();
        }
      }
    },
    setPatience(ms, databaseMs = ms) {
      patience = ms;
      databasePatience = databaseMs;
      for (const end of [...pauses]) end();
    },
    lack: () => waiting.values().next().value ?? null,
  };
}

/** For work that is done once, where nothing waits. */
export const NO_PATIENCE: Pick<Room, 'whenThere'> = {
  async whenThere(what, work) {
    try {
      return await work();
    } catch (error) {
      throw asMachineError(error, what);
    }
  },
};
