// Stored times, by the clock of the database: workers on several machines then agree about them, whatever their own
// clocks show. The frontier uses steady times, so this part knows how far the database's clock is ahead of them.

import { type Clock, toWall } from '../../base/clock.ts';
import type { Ask } from './line.ts';

export interface DatabaseTimes {
  /** The time to store for a steady time, as an integer. 0 means no time and stays 0. */
  toStored(at: number): number;
  toSteady(at: number): number;
  /** The time by the clock of this machine, which may be set wrong. */
  toWall(at: number): number;
  /** By how much the database's clock is ahead of steady time. */
  aheadMs(): number;
  /** Compares the clocks. */
  measure(ask: Ask): Promise<void>;
}

/** A smaller difference may be the way to the database and back. */
const STEP_MS_MIN = 1_000;
const NOW_SQL = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** Without a clock the database's time counts as steady time. */
export function createDatabaseTimes(clock: Pick<Clock, 'now' | 'wall'> | undefined): DatabaseTimes {
  let skewMs: number | null = null;
  const skew = (): number => skewMs ?? 0;
  return {
    toStored: (at) => (at === 0 ? 0 : Math.min(Math.ceil(at + skew()), Number.MAX_SAFE_INTEGER)),
    toSteady: (at) => at - skew(),
    toWall: (at) => (clock === undefined ? at : toWall(clock, at - skew())),
    aheadMs: skew,
    async measure(ask) {
      if (clock === undefined) return;
      const before = clock.now();
      const { rows } = await ask(NOW_SQL);
      const measured = Math.round((rows[0]![0] as number) - (before + clock.now()) / 2);
      if (skewMs === null || Math.abs(measured - skewMs) >= STEP_MS_MIN) skewMs = measured;
    },
  };
}
