// The innermost layer: a request goes out on a connection that has room or on a new one, and its response comes back.
// The dispatcher owns the exchanges in flight and decides what follows from what their connections tell. It knows no
// protocol.

import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type { Fetch, Outcome, Request } from '../base/contracts.ts';
import { HTTP2_REFUSALS_A_CONNECTION, HTTP2_REFUSALS_MAX } from '../base/limits.ts';
import { removeAt } from '../base/unordered.ts';
import type { Connection, Refused } from './connection.ts';
import { Exchange, type ExchangeOwner, type Expiry, expiryFailure } from './exchange.ts';
import { failedOutcome, responseOutcome } from './exchange-outcome.ts';
import type { Failure } from './failure.ts';
import { refusal } from './guard.ts';
import { Inflow } from './inflow.ts';
import { Dialler, type DialOwner, type DialParts } from './net/dial.ts';
import { Lines } from './net/lines.ts';
import type { Origins } from './net/origins.ts';
import { Pool } from './net/pool.ts';
import { Throttle, type ThrottleRules } from './throttle.ts';
import { Wheel } from './wheel.ts';

const REFUSALS: Readonly<Record<Refused, number>> = { stream: 1, connection: HTTP2_REFUSALS_A_CONNECTION, rest: 0 };

export interface DispatchParts extends DialParts {
  readonly origins: Origins;
  readonly minRateBytesPerSecond: number;
  readonly responseMsMax: number;
  readonly budget: BodyBudget;
  readonly onBytes: (bytes: number) => void;
  /** How much is read at the most; null for no limit. */
  readonly rate: ThrottleRules | null;
}

export class Dispatcher implements ExchangeOwner, DialOwner {
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly timeoutMs: number;
  readonly minRateBytesPerSecond: number;
  readonly responseMsMax: number;
  readonly figures: DialOwner['figures'] = { open: 0, opened: 0, reused: 0, replayed: 0 };
  readonly #origins: Origins;
  readonly #onBytes: (bytes: number) => void;
  readonly #pool = new Pool();
  readonly #lines = new Lines();
  readonly #dialler: Dialler;
  readonly #inflow: Inflow;
  readonly #throttle: Throttle | null;
  /** No set, for the reason that the wheel has none. */
  readonly #inFlight: Exchange[] = [];
  /** Signals that are listened to, once each however many requests share them. */
  readonly #signals = new WeakSet<AbortSignal>();
  readonly #closing = new AbortController();

  constructor(parts: DispatchParts) {
    this.clock = parts.clock;
    this.timeoutMs = parts.timeoutMs;
    this.minRateBytesPerSecond = parts.minRateBytesPerSecond;
    this.responseMsMax = parts.responseMsMax;
    this.wheel = new Wheel(parts.clock, parts.timeoutMs);
    this.#origins = parts.origins;
    this.#onBytes = parts.onBytes;
    this.#inflow = new Inflow(parts.budget);
    const goOn = (exchange: Exchange): void => this.#goOn(exchange);
    this.#throttle = parts.rate === null ? null : new Throttle(parts.rate, parts.clock, goOn);
    this.#dialler = new Dialler(parts, this.#pool, this);
  }

  readonly fetch: Fetch = (request, signal) => new Promise((resolve) => this.#start(request, signal, resolve));

  /** Aborts what is in flight and closes every connection. */
  close(): Promise<void> {
    this.#closing.abort();
    this.#abortAll(() => true);
    this.#throttle?.close();
    return this.#pool.close(this.clock.turn);
  }

  // --- a request's way out
  // ---------------------------------------------------------------------------------------------

  #start(request: Request, signal: AbortSignal, resolve: (outcome: Outcome) => void): void {
    const target = this.#origins.target(request.url);
    if (target === null) {
      resolve(refusal(request, 'scheme', this.clock.wall()));
      return;
    }
    const exchange = new Exchange(this, { request, signal }, target, resolve);
    exchange.flight = this.#inFlight.push(exchange) - 1;
    this.#listen(signal);
    if (signal.aborted || this.#closing.signal.aborted) this.#abort(exchange);
    else if (this.#throttle?.holds(exchange) !== true) this.#send(exchange);
  }

  /** It had to wait, because more came than the user wants. */
  #goOn(exchange: Exchange): void {
    if (exchange.carrier !== null) exchange.unthrottle();
    else {
      exchange.begin();
      this.#send(exchange);
    }
  }

  #send(exchange: Exchange): void {
    const connection = this.#pool.take(exchange.origin);
    if (connection !== null) this.#share(exchange, connection);
    else if (!this.#lines.join(exchange)) this.#dialler.dial(exchange);
  }

  /** Sends it on a connection that others have used before. */
  #share(exchange: Exchange, connection: Connection): void {
    this.figures.reused += 1;
    exchange.mayReplay = !exchange.wasReplayed;
    this.#write(exchange, connection);
  }

  #write(exchange: Exchange, connection: Connection): void {
    exchange.remoteAddress = connection.wire.address;
    exchange.protocol = connection.protocol.version;
    exchange.tls = connection.wire.tls;
    exchange.bind(connection);
    connection.write(exchange);
    // Not earlier: a delay is measured from here, and where the machine is busy time passes in between.
    exchange.sentAt = this.clock.now();
  }

  dialled(exchange: Exchange, connection: Connection): void {
    const others = this.#lines.connected(exchange, connection);
    exchange.request.beforeSent?.();
    if (!exchange.isSettled) this.#write(exchange, connection);
    this.#pool.offer(connection);
    for (const other of others) this.#dialler.dial(other);
  }

  undialled(exchange: Exchange, failure: Failure): void {
    for (const each of [exchange, ...this.#lines.failed(exchange)]) this.#fail(each, failure);
  }

  refused(exchange: Exchange, detail: string): void {
    for (const each of [exchange, ...this.#lines.failed(exchange)]) {
      this.#settle(each, failedOutcome(each, this.clock.now(), { refused: 'address', detail }));
    }
  }

  // --- what happens on a connection
  // ------------------------------------------------------------------------------------

  grew(exchange: Exchange): void {
    this.#inflow.arrived(exchange, exchange.response!.heldBytes);
  }

  took(bytes: number, exchange: Exchange): void {
    this.#throttle?.came(exchange.origin, bytes);
    if (!exchange.isSettled && this.#throttle?.holds(exchange) === true) exchange.throttle();
    this.#onBytes(bytes);
  }

  finished(exchange: Exchange): void {
    this.#settle(exchange, responseOutcome(exchange, exchange.response!, this.clock.now()));
  }

  /**
   * The server closed a connection while we believed it open (RFC 9110, section 9.2.2). The request is sent once more,
   * on a new connection.
   */
  unanswered(exchange: Exchange, failure: Failure, alone = false): void {
    if (!exchange.mayReplay) {
      this.#fail(exchange, failure);
      return;
    }
    exchange.mayReplay = false;
    exchange.wasReplayed = true;
    this.#takeBack(exchange);
    if (alone || !this.#lines.join(exchange)) this.#dialler.dial(exchange);
  }

  unprocessed(exchange: Exchange, { detail }: Failure, refused: Refused): void {
    exchange.refusals += REFUSALS[refused];
    if (exchange.refusals > HTTP2_REFUSALS_MAX) {
      this.#fail(exchange, { code: 'not-processed', detail });
      return;
    }
    this.#takeBack(exchange);
    this.#send(exchange);
  }

  #takeBack(exchange: Exchange): void {
    this.figures.replayed += 1;
    this.#throttle?.forget(exchange);
    this.#inflow.ended(exchange, this.wheel.nowMs);
    exchange.unsent();
  }

  freed(connection: Connection, keepAliveMs: number): void {
    this.#pool.put(connection, keepAliveMs, this.#inFlight.length);
    const { origin } = connection.wire;
    while (connection.room > 0) {
      const next = this.#lines.take(origin);
      if (next === null) return;
      this.#share(next, this.#pool.take(origin)!);
    }
  }

  withdrawn(connection: Connection): void {
    this.#pool.forget(connection);
    this.#dialNext(connection);
  }

  #dialNext(gone: Exchange | Connection): void {
    const next = this.#lines.next(gone);
    if (next !== null && !this.#closing.signal.aborted) this.#dialler.dial(next);
  }

  // --- what takes too long or too much
  // ---------------------------------------------------------------------------------

  starved(nowMs: number): void {
    const exchange = this.#inflow.tooLarge(nowMs, this.timeoutMs);
    if (exchange === null) return;
    exchange.carrier!.abandon(exchange);
    const isHead = exchange.response!.status === 0;
    const what = isHead ? 'head of the response' : 'body';
    const detail = `the ${what} was cut at ${exchange.heldBytes} bytes: there was no memory for more`;
    exchange.response!.cut('length', isHead ? 'http-header-size' : null, detail);
    this.finished(exchange);
  }

  expired(exchange: Exchange, why: Expiry): void {
    const { carrier, response } = exchange;
    const failure = expiryFailure(exchange, why);
    carrier!.abandon(exchange);
    if (response === null) {
      this.#fail(exchange, failure);
      return;
    }
    response.cut(response.hasBody ? 'time' : null, failure.code, failure.detail);
    this.finished(exchange);
  }

  // --- a request's end
  // -------------------------------------------------------------------------------------------------

  #fail(exchange: Exchange, { code, detail }: Failure): void {
    // An idle connection may hold the descriptor that is lacking.
    if (code === 'machine') this.#pool.dropOldest();
    this.#settle(exchange, failedOutcome(exchange, this.clock.now(), { error: code, detail }));
  }

  #settle(exchange: Exchange, outcome: Outcome): void {
    this.#landed(exchange);
    this.#throttle?.forget(exchange);
    this.#inflow.ended(exchange, this.wheel.nowMs);
    exchange.settle(outcome);
  }

  #landed(exchange: Exchange): void {
    const { flight } = exchange;
    if (flight < 0) return;
    const moved = removeAt(this.#inFlight, flight);
    if (moved !== undefined) moved.flight = flight;
    exchange.flight = -1;
  }

  #listen(signal: AbortSignal): void {
    if (this.#signals.has(signal)) return;
    this.#signals.add(signal);
    const aborted = (): void => this.#abortAll((exchange) => exchange.signal === signal);
    signal.addEventListener('abort', aborted, { once: true, signal: this.#closing.signal });
  }

  #abortAll(isMeant: (exchange: Exchange) => boolean): void {
    // One that is aborted may end others.
    for (const exchange of [...this.#inFlight]) if (!exchange.isSettled && isMeant(exchange)) this.#abort(exchange);
  }

  #abort(exchange: Exchange): void {
    exchange.dial?.close();
    this.#dialNext(exchange);
    exchange.carrier?.abandon(exchange);
    exchange.response?.spooled()?.drop();
    this.#fail(exchange, { code: 'aborted', detail: 'aborted' });
  }
}
