// Times that outlast a run: when a URL is due, how long a host is held, how long its robots.txt is valid. The database
// stores wall times, which other programs can read; the frontier uses steady times. The system's clock may be set at
// any moment. Stored times are then moved with it: during a run by `follow`, and between runs by `judgeTimes`, when the
// job is opened again.

import type { DatabaseSync } from 'node:sqlite';
import { skewOf } from '../../base/clock.ts';
import type { StoreClock } from '../store.ts';
import { query } from './database.ts';

export interface StoredTimes {
  /** The wall time to store for a steady time, as an integer. 0 means no time and stays 0. */
  toWall(at: number): number;
  toSteady(at: number): number;
  /** Moves the stored times if the system's clock was set. The caller has a transaction open. */
  follow(): void;
  skewMs(): number;
  /** Undoes `follow` after a rollback; `skewMs` is the skew before the transaction. */
  forget(skewMs: number): void;
}

/** Time servers speed a clock up or slow it down a little all the time; less than this is no step. */
const STEP_MS_MIN = 1_000;
/** Systems tell their uptime in hundredths of a second. */
const UPTIME_STEP_MS = 10;
/** In `queue`, a value up to this one is a mark and not a time (backlog.ts). */
export const LAST_MARK = 2;

export function createStoredTimes(db: DatabaseSync, clock: StoreClock): StoredTimes {
  const skewNow = (): number => Math.round(skewOf(clock));
  let skewMs = skewNow();
  return {
    // The database stores only integers that a number can hold, but a time may be `Infinity`.
    toWall: (at) => (at === 0 ? 0 : Math.min(Math.ceil(at + skewMs), Number.MAX_SAFE_INTEGER)),
    toSteady: (at) => at - skewMs,
    follow() {
      const stepMs = skewNow() - skewMs;
      if (Math.abs(stepMs) < STEP_MS_MIN) return;
      move(db, stepMs);
      skewMs += stepMs;
    },
    skewMs: () => skewMs,
    forget(before) {
      skewMs = before;
    },
  };
}

/**
 * Corrects the stored times by the clock as it is now. The clock may have been set, in either direction, since the last
 * sign of life of the last run. The time that has really passed since then is never negative, and never more than the
 * uptime has grown, if that is known.
 */
export function judgeTimes(db: DatabaseSync, clock: StoreClock): void {
  const stepMs = stepSince(db, clock);
  if (stepMs !== 0) move(db, stepMs);
}

/** By how much stored times must be moved for that; 0 if they are right. */
export function stepSince(db: DatabaseSync, clock: StoreClock): number {
  const last = query(db, 'SELECT updated_at, uptime_ms FROM runs ORDER BY id DESC LIMIT 1').get();
  if (last === undefined) return 0;
  const [updatedAt, uptimeMs] = last as [number, number];
  // The uptime first: if the process is held up in between, stored times become later and not earlier.
  const upMs = clock.uptime() - uptimeMs;
  const toldMs = clock.wall() - updatedAt;
  const isKnown = uptimeMs > 0 && upMs >= 0;
  const most = isKnown ? Math.max(0, upMs - UPTIME_STEP_MS) : Number.POSITIVE_INFINITY;
  const passedMs = Math.min(Math.max(0, toldMs), most);
  const stepMs = Math.round(toldMs - passedMs);
  return Math.abs(stepMs) >= STEP_MS_MIN ? stepMs : 0;
}

function move(db: DatabaseSync, ms: number): void {
  db.prepare(`UPDATE queue SET due_at = max(?1, due_at + ?2) WHERE due_at > ?1`).run(LAST_MARK, ms);
  db.prepare('UPDATE hosts SET held_until = held_until + ? WHERE held_until > 0').run(ms);
  db.prepare(`UPDATE hosts SET robots_fetched_at = robots_fetched_at + ?1, robots_expires_at = iif(robots_expires_at > 0, robots_expires_at + ?1, 0)
    WHERE robots_fetched_at IS NOT NULL`).run(ms);
  // The next opening corrects the other times by this one, and that may happen before another sign of life.
  db.prepare('UPDATE runs SET updated_at = updated_at + ? WHERE id = (SELECT max(id) FROM runs)').run(ms);
}
