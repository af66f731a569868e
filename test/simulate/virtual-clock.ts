// A clock on which nothing waits: time goes from one event to the next, and each is called in the order of its time;
// those of one moment in the order in which they were set.

import type { Clock, Timer } from '../../src/base/clock.ts';
import { createHeap } from '../../src/store/memory/heap.ts';

export interface VirtualClock extends Clock {
  /** Goes to the next event and calls it; false where there is none. */
  step(): boolean;
  /** Sets the clock on the wall forward, or back where `ms` is negative. */
  setBy(ms: number): void;
  /** Events to come; those of `every` are not counted. */
  readonly pending: number;
  /** More events come at this very time. */
  readonly hasMoreNow: boolean;
}

interface Event {
  /** Null once it is cancelled. */
  callback: (() => void) | null;
  readonly isPeriodic: boolean;
}

interface Moment {
  readonly at: number;
  readonly events: Event[];
  /** The next of them. */
  next: number;
}

/** Milliseconds since the epoch where every simulation begins. */
const START = 1_800_000_000_000;
const UPTIME_MS = 3_600_000;

export function createVirtualClock(): VirtualClock {
  const order = createHeap<Moment>(({ at }) => at);
  const moments = new Map<number, Moment>();
  let now = START;
  let skewMs = 0;
  let pending = 0;

  const momentAt = (at: number): Moment => {
    let moment = moments.get(at);
    if (moment === undefined) {
      moment = { at, events: [], next: 0 };
      moments.set(at, moment);
      order.push(moment);
    }
    return moment;
  };
  const set = (ms: number, callback: () => void, isPeriodic = false): Timer => {
    const event: Event = { callback, isPeriodic };
    momentAt(now + Math.max(0, ms)).events.push(event);
    if (!isPeriodic) pending += 1;
    return {
      cancel() {
        if (event.callback !== null && !isPeriodic) pending -= 1;
        event.callback = null;
      },
    };
  };
  const every = (ms: number, callback: () => void): Timer => {
    let timer: Timer;
    let isOver = false;
    const tick = (): void => {
      callback();
      if (!isOver) timer = set(ms, tick, true);
    };
    timer = set(ms, tick, true);
    return {
      cancel() {
        isOver = true;
        timer.cancel();
      },
    };
  };
  const nextEvent = (): Event | null => {
    for (let moment = order.peek(); moment !== undefined; moment = order.peek()) {
      const event = moment.events[moment.next];
      moment.next += 1;
      if (event === undefined) {
        order.pop();
        moments.delete(moment.at);
      } else if (event.callback !== null) {
        now = moment.at;
        return event;
      }
    }
    return null;
  };
  return {
    now: () => now,
    wall: () => now + skewMs,
    uptime: () => now - START + UPTIME_MS,
    setBy(ms) {
      skewMs += ms;
    },
    after: (ms, callback) => set(ms, callback),
    turn: () => new Promise((resolve) => void set(0, resolve)),
    every,
    step() {
      const event = nextEvent();
      if (event === null) return false;
      const { callback, isPeriodic } = event;
      event.callback = null;
      if (!isPeriodic) pending -= 1;
      callback!();
      return true;
    },
    get pending() {
      return pending;
    },
    get hasMoreNow() {
      return moments.get(now)?.events.some(({ callback }) => callback !== null) === true;
    },
  };
}
