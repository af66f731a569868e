// Time, in one place. Nothing else in the program reads the system's clock or sets a timer, so a test can control both.
// There are two times. Steady time is for comparisons (holds, delays, deadlines, durations); nobody can set it. Wall
// time is for people and for what outlives a run; it may jump by an hour at any moment.

import { uptime } from 'node:os';

/** A timer that was set. `cancel` does nothing after it fired. */
export interface Timer {
  cancel(): void;
}

/** The two times, both in milliseconds since the epoch. */
export interface Times {
  /** Steady time: the system clock's time when the process began, counted on by the monotonic clock. */
  now(): number;
  /** Wall time: the time of the system's clock. */
  wall(): number;
}

export interface Clock extends Times {
  /** Milliseconds since the machine started, including sleep. It tells runs apart when the clock was set in between. */
  uptime(): number;
  /** Calls once, after at least `ms`. A pending timer keeps the process alive. */
  after(ms: number, callback: () => void): Timer;
  /**
   * Resolves after one round of the event loop, so that data from the network goes first. Each round resolves one call:
   * pieces of long work that many callers do at a time never add up to one long piece.
   */
  turn(): Promise<void>;
  /** Calls every `ms` until cancelled. It does not keep the process alive. */
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
  turn: turnByTurn(),
  every(ms, callback) {
    const handle = setInterval(callback, ms);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};

function turnByTurn(): Clock['turn'] {
  const waiting: (() => void)[] = [];
  const next = (): void => {
    waiting.shift()!();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(next);
    });
}

/** Readings of both clocks that are this close together, in milliseconds, are taken for one moment. */
const SAME_MOMENT_MS = 0.5;
const READINGS_MAX = 8;

/**
 * How far wall time is ahead of steady time, in milliseconds. The system may hold the process up between two readings;
 * of several the closest pair counts. Wall time is read last, so the result is at most 1 ms too low.
 */
export function skewOf(times: Times): number {
  let skewMs = 0;
  let closestMs = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < READINGS_MAX && closestMs > SAME_MOMENT_MS; reading += 1) {
    const now = times.now();
    const wall = times.wall();
    const apartMs = times.now() - now;
    if (apartMs >= closestMs) continue;
    closestMs = apartMs;
    skewMs = wall - now;
  }
  return skewMs;
}

/** The wall time of the steady time `at`, as far as is known now. */
export function toWall(times: Times, at: number): number {
  return Math.round(at + skewOf(times));
}

/** How much too early a stored wall time may be: it and the skew are exact to a millisecond each. */
export const WALL_ERROR_MS = 2;

/** The steady time of a wall time. */
export function toSteady(times: Times, at: number): number {
  return at - skewOf(times);
}

/** Makes a function that tells which share of the time since its last call the event loop of this thread was busy. */
export function watchLoop(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
