// Time, in one place. Nothing else in the program reads the system's clock or sets a timer, so that a test can own both. There are
// two times. Whatever is compared (holds, delays, deadlines, how long something took) is in steady time, which nobody can set.
// What people read and what outlives the run is in wall time, which may step by an hour at any moment.

import { uptime } from 'node:os';

/** A timer that was set; `cancel` is harmless after it fired. */
export interface Timer {
  cancel(): void;
}

/** The two times; both are milliseconds since the epoch. */
export interface Times {
  /** Steady time: what the system's clock said when the process began, and from then on counted by the monotonic clock. */
  now(): number;
  /** Wall time: what the system's clock says. */
  wall(): number;
}

export interface Clock extends Times {
  /** Milliseconds since the machine began, those in which it slept included: it tells runs apart that a set clock confuses. */
  uptime(): number;
  /** Calls once, after at least `ms`. A pending timer keeps the process alive. */
  after(ms: number, callback: () => void): Timer;
  /** Resolves once the event loop has gone round: what has come from the network meanwhile goes first. */
  turn(): Promise<void>;
  /** Calls every `ms` until cancelled. Does not keep the process alive. */
  every(ms: number, callback: () => void): Timer;
}

const TIMEOUT_MAX_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  wall: () => Date.now(),
  uptime: () => uptime() * 1000,
  after(ms, callback) {
    const handle = setTimeout(callback, Math.max(0, Math.min(ms, TIMEOUT_MAX_MS)));
    return { cancel: () => clearTimeout(handle) };
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  every(ms, callback) {
    const handle = setInterval(callback, ms);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};

/** How far the wall time is ahead of the steady time, in milliseconds. */
export function skewOf(times: Times): number {
  return times.wall() - times.now();
}

/** What the system's clock says at the steady time `at`, as far as is known now. */
export function toWall(times: Times, at: number): number {
  return Math.round(at + skewOf(times));
}

/** The steady time of a wall time. */
export function toSteady(times: Times, at: number): number {
  return at - skewOf(times);
}
