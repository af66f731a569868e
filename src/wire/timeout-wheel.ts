// One timer for all timeouts. An entry stands in the slot of its deadline as it was when it was put there; activity only writes
// a later deadline into the entry. When a slot comes round, entries that are not due yet are put into their new slot.

import type { Clock, Timer } from '../base/clock.ts';

export interface Timed {
  /** On the wheel's clock, in milliseconds; `Infinity` takes the entry off the wheel. */
  deadlineAt: number;
  onDeadline(): void;
}

const TICK_MIN_MS = 10;
const TICK_MAX_MS = 500;
const TICKS_A_TIMEOUT = 16;

export class TimeoutWheel {
  /** The clock at the last tick: exact enough for timeouts, and free to read. */
  now: number;
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #slots: Timed[][];
  #timer: Timer | null = null;
  #entries = 0;
  #tick = 0;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.now = clock.monotonic();
    this.#tickMs = Math.min(TICK_MAX_MS, Math.max(TICK_MIN_MS, timeoutMs / TICKS_A_TIMEOUT));
    const slots = Math.ceil(timeoutMs / this.#tickMs) + 2;
    this.#slots = Array.from({ length: slots }, () => []);
  }

  /** Moves the entry's deadline to `ms` from now, and puts it on the wheel where it is not. It leaves by itself. */
  watch(entry: Timed, ms: number): void {
    if (entry.deadlineAt !== OFF_THE_WHEEL) {
      entry.deadlineAt = this.now + ms;
      return;
    }
    if (this.#timer === null) {
      this.now = this.#clock.monotonic();
      this.#timer = this.#clock.every(this.#tickMs, () => this.#turn());
    }
    entry.deadlineAt = this.now + ms;
    this.#entries += 1;
    this.#place(entry);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #place(entry: Timed): void {
    const ticks = Math.ceil((entry.deadlineAt - this.now) / this.#tickMs);
    const ahead = Math.min(Math.max(ticks, 1), this.#slots.length - 1);
    this.#slots[(this.#tick + ahead) % this.#slots.length]!.push(entry);
  }

  #turn(): void {
    this.now = this.#clock.monotonic();
    this.#tick = (this.#tick + 1) % this.#slots.length;
    const due = this.#slots[this.#tick]!;
    this.#slots[this.#tick] = [];
    for (const entry of due) {
      if (entry.deadlineAt > this.now && entry.deadlineAt !== Number.POSITIVE_INFINITY) {
        this.#place(entry);
        continue;
      }
      this.#entries -= 1;
      const isDue = entry.deadlineAt <= this.now;
      entry.deadlineAt = OFF_THE_WHEEL;
      if (isDue) entry.onDeadline();
    }
    if (this.#entries === 0) this.close();
  }
}

/** The deadline of an entry that is not on the wheel. */
export const OFF_THE_WHEEL = -1;
