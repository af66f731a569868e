// One request and what comes of it. The dispatcher owns it from its start until it is settled, which happens once. Its
// deadlines are its own: others may share the connection that it is on.

import type { Clock } from '../base/clock.ts';
import type { Outcome, Request, TlsFacts } from '../base/contracts.ts';
import { MEMORY_PATIENCE_MS } from '../base/limits.ts';
import type { Failure } from './failure.ts';
import type { RequestTail } from './http1/request-head.ts';
import type { IncomingResponse } from './incoming-response.ts';
import type { Origin } from './net/origins.ts';
import type { Timed, Wheel } from './wheel.ts';

/** Nothing came for too long, or too little, or the whole response took too long. */
export type Expiry = 'silence' | 'rate' | 'time';

export interface ExchangeOwner {
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly timeoutMs: number;
  readonly minRateBytesPerSecond: number;
  readonly responseMsMax: number;
  /** It waits for memory, and has for some time. */
  starved(nowMs: number): void;
  /** It is still on its connection. */
  expired(exchange: Exchange, why: Expiry): void;
}

/** What an exchange may ask of the connection that it is on. */
export interface Carrier {
  /** Nobody waits for its response any more. */
  abandon(exchange: Exchange): void;
  /** Reads no more of its response until `resume`. */
  pause(exchange: Exchange): void;
  resume(exchange: Exchange): void;
}

export class Exchange implements Timed {
  readonly owner: ExchangeOwner;
  readonly request: Request;
  readonly signal: AbortSignal;
  readonly origin: Origin;
  /** Path and query. */
  readonly path: string;
  readonly resolve: (outcome: Outcome) => void;
  /** When it began, in wall time. */
  startedAt = 0;
  /** The same in steady time. */
  begunAt = 0;
  /** Makes what follows the path in the request as the connection sent it; null until then. */
  tailOf: RequestTail | null = null;
  /** When it was last written to a connection, in steady time; 0 until then. */
  sentAt = 0;
  isSettled = false;
  /** It was sent on a connection that had been used before, so it may be sent once more on a new one. */
  mayReplay = false;
  /** It was sent once more already. */
  wasReplayed = false;
  /** How often a server said that it had not processed it. */
  refusals = 0;
  /** The protocol that it was sent with; empty until then. */
  protocol = '';
  /** What is under way to get it a connection. */
  dial: { close(): void } | null = null;
  /** The connection that it was sent on. */
  carrier: Carrier | null = null;
  /** Made when the first byte comes, so that an exchange that still waits for it takes little memory. */
  response: IncomingResponse | null = null;
  firstByteMs = 0;
  wireBytes = 0;
  remoteAddress = '';
  tls: TlsFacts | null = null;
  /** Of its body, in memory. */
  heldBytes = 0;
  slot = -1;
  place = -1;
  /** Its place among those in flight; only the dispatcher writes it. */
  flight = -1;
  /** Wheel time of the last sign of life. */
  #activeMs = 0;
  /** Wheel time at which the response must be whole. */
  #endsMs = 0;
  /** The present window over which the rate is measured: its beginning in wheel time, and its bytes. */
  #windowMs = 0;
  #windowBytes = 0;
  /** Its response is not read now, because there is no memory for what comes. */
  #isPaused = false;
  /** It is not read now, because more came than the user wants. */
  #isThrottled = false;
  /** What came of it waits for a turn of ours. */
  #isBehind = false;

  constructor(
    owner: ExchangeOwner,
    { request, signal }: { readonly request: Request; readonly signal: AbortSignal },
    { origin, path }: { readonly origin: Origin; readonly path: string },
    resolve: (outcome: Outcome) => void,
  ) {
    this.owner = owner;
    this.request = request;
    this.signal = signal;
    this.origin = origin;
    this.path = path;
    this.resolve = resolve;
    this.begin();
  }

  /** It begins now; time before that does not count. */
  begin(): void {
    const { clock } = this.owner;
    this.startedAt = clock.wall();
    this.begunAt = clock.now();
  }

  /** The request as the connection sent it; empty until then. Kept, it would take more memory than all of this. */
  get requestHead(): string {
    const { tailOf, request, origin, path } = this;
    return tailOf === null ? '' : `${request.method} ${path}${tailOf(request, origin)}`;
  }

  /** It is about to be sent. The wait for its response begins now. */
  bind(carrier: Carrier): void {
    const { wheel, responseMsMax } = this.owner;
    this.dial = null;
    this.carrier = carrier;
    this.#activeMs = wheel.nowMs;
    this.#endsMs = wheel.nowMs + responseMsMax + wheel.tickMs;
    wheel.watch(this, this.#deadlineMs());
  }

  /** Bytes of its response have come, and are not in `response` yet. */
  arrived(bytes: number): void {
    const { clock, wheel } = this.owner;
    this.#activeMs = wheel.nowMs;
    this.#windowBytes += bytes;
    this.wireBytes += bytes;
    if (this.response !== null) return;
    this.firstByteMs = clock.now() - this.begunAt;
    this.#windowMs = wheel.nowMs;
    this.#windowBytes = 0;
  }

  /** Reads no more until `goOn`. */
  pause(): void {
    const { wheel } = this.owner;
    this.#isPaused = true;
    this.carrier?.pause(this);
    wheel.watch(this, wheel.nowMs + this.#patienceMs());
  }

  /** Goes on and has its whole time again, because the server was not to blame for the pause. */
  goOn(): void {
    this.#isPaused = false;
    this.#awake();
  }

  /** Reads no more until `unthrottle`. */
  throttle(): void {
    this.#isThrottled = true;
    this.carrier?.pause(this);
  }

  unthrottle(): void {
    this.#isThrottled = false;
    this.#awake();
  }

  /** Not all that came is read; the server is not to blame for the time until `caughtUp`. */
  fellBehind(): void {
    this.#isBehind = true;
  }

  caughtUp(): void {
    this.#isBehind = false;
    this.#beginWindow();
  }

  #beginWindow(): void {
    this.#activeMs = this.owner.wheel.nowMs;
    this.#windowMs = this.#activeMs;
    this.#windowBytes = 0;
  }

  #awake(): void {
    this.#beginWindow();
    if (!this.#isPaused && !this.#isThrottled) this.carrier?.resume(this);
  }

  /** It has lost its connection. From now on it counts as never sent. */
  unsent(): void {
    this.owner.wheel.forget(this);
    this.carrier = null;
    this.response = null;
    this.#isThrottled = false;
    this.#isBehind = false;
    this.wireBytes = 0;
    this.firstByteMs = 0;
  }

  settle(outcome: Outcome): void {
    this.isSettled = true;
    this.owner.wheel.forget(this);
    this.resolve(outcome);
  }

  due(nowMs: number): number {
    if (this.#isPaused && nowMs < this.#endsMs) {
      this.owner.starved(nowMs);
      return this.isSettled ? -1 : nowMs + this.#patienceMs();
    }
    if ((this.#isThrottled || this.#isBehind) && nowMs < this.#endsMs)
      return Math.min(this.#endsMs, nowMs + this.owner.timeoutMs);
    const deadlineMs = this.#deadlineMs();
    if (nowMs >= deadlineMs) {
      this.owner.expired(this, nowMs >= this.#endsMs ? 'time' : 'silence');
      return -1;
    }
    return this.response === null ? deadlineMs : this.#rateDue(nowMs, deadlineMs);
  }

  #rateDue(nowMs: number, deadlineMs: number): number {
    const { timeoutMs, minRateBytesPerSecond } = this.owner;
    const windowEndMs = this.#windowMs + timeoutMs;
    if (nowMs < windowEndMs) return Math.min(deadlineMs, windowEndMs);
    if ((this.#windowBytes * 1000) / (nowMs - this.#windowMs) < minRateBytesPerSecond) {
      this.owner.expired(this, 'rate');
      return -1;
    }
    this.#windowMs = nowMs;
    this.#windowBytes = 0;
    return Math.min(deadlineMs, nowMs + timeoutMs);
  }

  /** A tick is added because the wheel's time may lag by one. */
  #deadlineMs(): number {
    const { wheel, timeoutMs } = this.owner;
    const silenceMs = this.response === null ? firstByteMsMax(this.request, timeoutMs) : timeoutMs;
    return Math.min(this.#endsMs, this.#activeMs + silenceMs + wheel.tickMs);
  }

  #patienceMs(): number {
    return Math.min(this.owner.timeoutMs, MEMORY_PATIENCE_MS);
  }
}

/** How many times as long as is usual for its host the first byte of any response is waited for. */
const USUAL_RATIO = 4;

export function firstByteMsMax({ usualMs }: Pick<Request, 'usualMs'>, timeoutMs: number): number {
  return usualMs === undefined ? timeoutMs : Math.min(timeoutMs, Math.max(timeoutMs / 2, USUAL_RATIO * usualMs));
}

/** How an exchange that ended for this reason fails. */
export function expiryFailure({ owner, request, response }: Exchange, why: Expiry): Failure {
  switch (why) {
    case 'rate':
      return { code: 'min-rate', detail: `fewer than ${owner.minRateBytesPerSecond} bytes a second` };
    case 'time':
      return { code: 'max-time', detail: `it was not whole after ${owner.responseMsMax / 1000} s (--max-time)` };
    case 'silence':
      return response === null
        ? silent('first-byte-timeout', firstByteMsMax(request, owner.timeoutMs), 'waiting')
        : silent('idle-timeout', owner.timeoutMs, 'receiving');
  }
}

function silent(code: Failure['code'], forMs: number, doing: string): Failure {
  return { code, detail: `nothing came for ${Math.round(forMs)} ms while ${doing}` };
}
