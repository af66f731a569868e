// One timer for all deadlines of all connections: a hashed wheel. Activity only writes a number into its entry; the wheel
// looks at an entry when the slot comes round where it lies, and puts it further on if there is time left.

import type { Clock, Timer } from '../base/clock.ts';

export interface Timed {
  /** Where it lies; written by the wheel alone, -1 while it lies nowhere. */
  slot: number;
  /** Called when its slot comes round: does what is due and says when (wheel ms) to look again, -1 for never. */
  due(nowMs: number): number;
}

const SLOTS = 64;
const TICKS_PER_TIMEOUT = 16;
const TICK_MIN_MS = 10;
const TICK_MAX_MS = 500;

export class Wheel {
  readonly #clock: Clock;
  readonly #slots: readonly Set<Timed>[] = Array.from({ length: SLOTS }, () => new Set<Timed>());
  readonly tickMs: number;
  /** Milliseconds that the wheel counted, exact to a tick. Time in which the process could not run counts two ticks at most,
   *  so that after a pause nobody is blamed for bytes that had come but were not read. */
  nowMs = 0;
  #tick = 0;
  #size = 0;
  #timer: Timer | null = null;
  #seenMs = 0;

  /** `timeoutMs`: the time that most deadlines are ahead. */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.tickMs = Math.min(TICK_MAX_MS, Math.max(TICK_MIN_MS, timeoutMs / TICKS_PER_TIMEOUT));
  }

  /** Whether anything is being waited for. */
  get isTurning(): boolean {
    return this.#timer !== null;
  }

  /** Has `entry` looked at no later than a tick after `atMs`; one that lies earlier stays where it is. */
  watch(entry: Timed, atMs: number): void {
    const tick = this.#tickFor(atMs);
    if (entry.slot >= 0) {
      if (this.#ticksUntil(entry.slot) <= tick - this.#tick) return;
      this.#slots[entry.slot]!.delete(entry);
      this.#size -= 1;
    }
    this.#put(entry, tick);
    if (this.#timer === null) this.#turn();
  }

  forget(entry: Timed): void {
    if (entry.slot < 0) return;
    this.#slots[entry.slot]!.delete(entry);
    entry.slot = -1;
    this.#size -= 1;
  }

  #put(entry: Timed, tick: number): void {
    entry.slot = tick % SLOTS;
    this.#slots[entry.slot]!.add(entry);
    this.#size += 1;
  }

  // At least one tick ahead, at most once round: what is further away is looked at on the way.
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
    for (const entry of this.#slots[slot]!) {
      this.#slots[slot]!.delete(entry);
      this.#size -= 1;
      entry.slot = -1;
      const again = entry.due(this.nowMs);
      if (again >= 0 && entry.slot < 0) this.#put(entry, this.#tickFor(again));
    }
  }
}
