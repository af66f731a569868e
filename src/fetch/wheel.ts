// One timer for all deadlines of all connections: a hashed timer wheel. Activity only writes a number into its entry.
// The wheel looks at an entry when its slot comes round, and moves it on if there is time left.

import type { Clock, Timer } from '../base/clock.ts';
import { removeAt } from '../base/unordered.ts';

export interface Timed {
  /** The slot of the entry. Only the wheel writes it; -1 while the entry is in no slot. */
  slot: number;
  /** Its place in that slot. Only the wheel writes it. */
  place: number;
  /**
   * Called when its slot comes round. It does what is due and returns when (wheel ms) to look again, or -1 for never.
   */
  due(nowMs: number): number;
}

const SLOTS = 64;
const TICKS_PER_TIMEOUT = 16;
const TICK_MIN_MS = 10;
const TICK_MAX_MS = 500;

export class Wheel {
  readonly #clock: Clock;
  /** Sets would keep what has left them until the next major collection: a table that is outgrown leads to the next. */
  readonly #slots: readonly Timed[][] = Array.from({ length: SLOTS }, () => []);
  readonly tickMs: number;
  /**
   * The milliseconds that the wheel has counted, exact to a tick. Time in which the process could not run counts at
   * most two ticks. After a pause, bytes that came but were not read yet then cause no timeout.
   */
  nowMs = 0;
  #tick = 0;
  #size = 0;
  #timer: Timer | null = null;
  #seenMs = 0;

  /** `timeoutMs`: how far ahead most deadlines are. */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.tickMs = Math.min(TICK_MAX_MS, Math.max(TICK_MIN_MS, timeoutMs / TICKS_PER_TIMEOUT));
  }

  /** Whether any entry is being watched. */
  get isTurning(): boolean {
    return this.#timer !== null;
  }

  /** Looks at `entry` at most a tick after `atMs`. An entry in an earlier slot stays there. */
  watch(entry: Timed, atMs: number): void {
    const tick = this.#tickFor(atMs);
    if (entry.slot >= 0) {
      if (this.#ticksUntil(entry.slot) <= tick - this.#tick) return;
      this.forget(entry);
    }
    this.#put(entry, tick);
    if (this.#timer === null) this.#turn();
  }

  forget(entry: Timed): void {
    if (entry.slot < 0) return;
    const moved = removeAt(this.#slots[entry.slot]!, entry.place);
    if (moved !== undefined) moved.place = entry.place;
    entry.slot = -1;
    this.#size -= 1;
  }

  #put(entry: Timed, tick: number): void {
    entry.slot = tick % SLOTS;
    entry.place = this.#slots[entry.slot]!.push(entry) - 1;
    this.#size += 1;
  }

  // At least one tick ahead and at most once round; an entry that is due later is looked at on the way.
  #tickFor(atMs: number): number {
    const tick = Math.ceil(atMs / this.tickMs);
    return Math.min(Math.max(tick, this.#tick + 1), this.#tick + SLOTS - 1);
  }

  #ticksUntil(slot: number): number {
    return (slot - (this.#tick % SLOTS) + SLOTS) % SLOTS || SLOTS;
  }

  #turn(): void {
    this.#seenMs = this.#clock.now();
    this.#timer = this.#clock.every(this.tickMs, () => this.#ticked());
  }

  #ticked(): void {
    const seenMs = this.#clock.now();
    this.nowMs += Math.min(seenMs - this.#seenMs, 2 * this.tickMs);
    this.#seenMs = seenMs;
    const last = Math.floor(this.nowMs / this.tickMs);
    while (this.#tick < last) {
      this.#tick += 1;
      this.#fire(this.#tick % SLOTS);
    }
    if (this.#size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #fire(slot: number): void {
    const entries = this.#slots[slot]!;
    // What is put back goes to another slot.
    while (entries.length > 0) {
      const entry = entries[0]!;
      this.forget(entry);
      const again = entry.due(this.nowMs);
      if (again >= 0 && entry.slot < 0) this.#put(entry, this.#tickFor(again));
    }
  }
}
