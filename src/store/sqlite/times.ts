// Times that outlast the run: when a URL is due, until when a host is held, how long its robots.txt holds. In the database they are
// wall times, for whoever reads them there; the frontier has steady ones. The system's clock may be set at any moment. What is
// stored is moved along then: in the midst of a run by `follow`, and between runs by `judgeTimes`, when the job is opened again.

import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../base/clock.ts';
import { query } from './database.ts';

export type StoreClock = Pick<Clock, 'now' | 'wall' | 'uptime'>;

export interface StoredTimes {
  /** The time to write for a steady one: an integer. 0 is no time, and stays. */
  toWall(at: number): number;
  toSteady(at: number): number;
  /** Where the system's clock was set since, moves what is stored along; the caller has a transaction open. */
  follow(): void;
  skewMs(): number;
  /** Where a transaction was rolled back; what the skew was before it. */
  forget(skewMs: number): void;
}

/** Clocks that are set by time servers go a little faster or slower all the time: that is no step. */
const STEP_MS_MIN = 1_000;
/** Systems tell how long they have been up in hundredths of a second. */
const UPTIME_STEP_MS = 10;
/** In `queue`, what is not above it is no time but a mark, see backlog.ts. */
export const LAST_MARK = 2;

export function createStoredTimes(db: DatabaseSync, clock: StoreClock): StoredTimes {
  const skewNow = (): number => Math.round(clock.wall() - clock.now());
  let skewMs = skewNow();
  return {
    // The database keeps integers that a number can hold, and a time may be `Infinity`.
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
 * What is stored is judged by the clock as it is now. By its own account the time since the last run's last sign of life may be
 * wrong either way: it is never less than nothing, and never more than the machine has been up meanwhile, where that is known.
 */
export function judgeTimes(db: DatabaseSync, clock: StoreClock): void {
  const last = query(db, 'SELECT updated_at, uptime_ms FROM runs ORDER BY id DESC LIMIT 1').get();
  if (last === undefined) return;
  const [updatedAt, uptimeMs] = last as [number, number];
  const toldMs = clock.wall() - updatedAt;
  const upMs = clock.uptime() - uptimeMs;
  const isKnown = uptimeMs > 0 && upMs >= 0;
  const most = isKnown ? Math.max(0, upMs - UPTIME_STEP_MS) : Number.POSITIVE_INFINITY;
  const passedMs = Math.min(Math.max(0, toldMs), most);
  const stepMs = Math.round(toldMs - passedMs);
  if (Math.abs(stepMs) >= STEP_MS_MIN) move(db, stepMs);
}

function move(db: DatabaseSync, ms: number): void {
  db.prepare(`UPDATE queue SET due_at = max(?1, due_at + ?2) WHERE due_at > ?1`).run(LAST_MARK, ms);
  db.prepare('UPDATE hosts SET held_until = held_until + ? WHERE held_until > 0').run(ms);
  db.prepare(`UPDATE hosts SET robots_fetched_at = robots_fetched_at + ?1, robots_expires_at = iif(robots_expires_at > 0, robots_expires_at + ?1, 0)
    WHERE robots_fetched_at IS NOT NULL`).run(ms);
  // By it the others are judged when the job is opened again, which may be before another sign of life.
  db.prepare('UPDATE runs SET updated_at = updated_at + ? WHERE id = (SELECT max(id) FROM runs)').run(ms);
}
