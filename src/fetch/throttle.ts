// Keeps what is read from sockets within rates, one for all and one for a host. A rate is a bucket that fills with
// time; what comes is taken out of it, and one read may overdraw it. While it is overdrawn nothing more is asked for
// and nothing more is read. What waits goes on in its order.

import type { Clock, Timer } from '../base/clock.ts';
import { READ_BUFFER_BYTES } from '../base/limits.ts';
import { RATE_SAVED_MS, RATE_TURN_MS } from '../base/limits-of-connections.ts';
import type { Exchange } from './exchange.ts';
import type { Origin, OriginParts } from './net/origins.ts';

export interface ThrottleRules {
  /** Of everything that comes; null for no limit. */
  readonly bytesPerSecond: number | null;
  /** Of one host; null for no limit. */
  readonly ofHost: (parts: OriginParts) => number | null;
}

type Waiting = Pick<Exchange, 'origin'>;

export class Throttle<T extends Waiting = Exchange> {
  readonly #rules: ThrottleRules;
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #goOn: (exchange: T) => void;
  readonly #all: Bucket<T> | null;
  readonly #ofOrigin = new WeakMap<Origin, readonly Bucket<T>[]>();
  /** What waits, and the bucket that it waits for. */
  readonly #waiting = new Map<T, Bucket<T>>();

  /** `goOn` is called with what has waited. */
  constructor(rules: ThrottleRules, clock: Pick<Clock, 'now' | 'after'>, goOn: (exchange: T) => void) {
    this.#rules = rules;
    this.#clock = clock;
    this.#goOn = goOn;
    this.#all = rules.bytesPerSecond === null ? null : new Bucket(rules.bytesPerSecond, clock.now());
  }

  /** Whether the exchange must wait now. Then `goOn` follows, unless it is forgotten. */
  holds(exchange: T): boolean {
    return this.#isHeld(exchange, 0);
  }

  /** So many bytes came for an exchange of the origin. */
  came(origin: Origin, bytes: number): void {
    for (const bucket of this.#bucketsOf(origin)) bucket.take(bytes, this.#clock.now());
  }

  /** It does not wait any more. */
  forget(exchange: T): void {
    const bucket = this.#waiting.get(exchange);
    if (bucket === undefined) return;
    this.#waiting.delete(exchange);
    bucket.waiting.delete(exchange);
    if (bucket.waiting.size === 0) bucket.rest();
  }

  /** Nothing waits any more. */
  close(): void {
    for (const exchange of this.#waiting.keys()) this.forget(exchange);
  }

  /** `from`: it has waited for the buckets before this one. */
  #isHeld(exchange: T, from: number): boolean {
    const now = this.#clock.now();
    for (const bucket of this.#bucketsOf(exchange.origin).slice(from)) {
      if (bucket.waiting.size === 0 && bucket.shortMs(now) === 0) continue;
      bucket.waiting.add(exchange);
      this.#waiting.set(exchange, bucket);
      this.#watch(bucket, now);
      return true;
    }
    return false;
  }

  #bucketsOf(origin: Origin): readonly Bucket<T>[] {
    let buckets = this.#ofOrigin.get(origin);
    if (buckets === undefined) {
      const rate = this.#rules.ofHost(origin);
      const own = rate === null ? [] : [new Bucket<T>(rate, this.#clock.now())];
      buckets = this.#all === null ? own : [...own, this.#all];
      this.#ofOrigin.set(origin, buckets);
    }
    return buckets;
  }

  #watch(bucket: Bucket<T>, now: number): void {
    bucket.timer ??= this.#clock.after(Math.max(RATE_TURN_MS, bucket.shortMs(now)), () => {
      bucket.timer = null;
      this.#release(bucket);
    });
  }

  /** As many as will probably empty the bucket. */
  #release(bucket: Bucket<T>): void {
    const now = this.#clock.now();
    let left = bucket.shortMs(now) > 0 ? 0 : bucket.usualReads();
    for (const exchange of bucket.waiting) {
      if (left === 0) break;
      left -= 1;
      this.forget(exchange);
      const place = this.#bucketsOf(exchange.origin).indexOf(bucket);
      if (!this.#isHeld(exchange, place + 1)) this.#goOn(exchange);
    }
    if (bucket.waiting.size > 0) this.#watch(bucket, now);
  }
}

class Bucket<T> {
  readonly waiting = new Set<T>();
  timer: Timer | null = null;
  readonly #bytesPerMs: number;
  readonly #bytesMost: number;
  /** Below zero it is overdrawn. */
  #bytes: number;
  #atMs: number;
  /** What one read brings, about. */
  #usual = READ_BUFFER_BYTES / 4;

  constructor(bytesPerSecond: number, now: number) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#bytesMost = this.#bytesPerMs * RATE_SAVED_MS;
    this.#bytes = this.#bytesMost;
    this.#atMs = now;
  }

  take(bytes: number, now: number): void {
    this.#fill(now);
    this.#bytes -= bytes;
    this.#usual += (bytes - this.#usual) / 8;
  }

  /** Nothing waits for it. */
  rest(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** For how long it stays overdrawn; 0 if it is not. */
  shortMs(now: number): number {
    this.#fill(now);
    return this.#bytes >= 0 ? 0 : Math.ceil(-this.#bytes / this.#bytesPerMs);
  }

  /** How many reads its content is enough for; at least one. */
  usualReads(): number {
    return Math.max(1, Math.floor(this.#bytes / Math.max(1, this.#usual)));
  }

  #fill(now: number): void {
    this.#bytes = Math.min(this.#bytesMost, this.#bytes + (now - this.#atMs) * this.#bytesPerMs);
    this.#atMs = now;
  }
}
