// The innermost layer: a request goes out on an idle connection or a new one, and its response comes back. The dispatcher owns
// the exchanges in flight and all connections, and it alone decides what an event on one of them means.

import type { Fetch, Outcome, Request } from '../base/contracts.ts';
import { BodyMemory } from './body-memory.ts';
import type { DispatchParts } from './dispatch-parts.ts';
import { type Failure, failureOf } from './failure.ts';
import { refusal } from './guard.ts';
import {
  Connection,
  type ConnectionOwner,
  type Expiry,
  expiryFailure,
  onRead,
  type Phase,
} from './http1/connection.ts';
import { beginReader, createExchange, type Exchange, failedOutcome, responseOutcome } from './http1/exchange.ts';
import { Inflow } from './http1/inflow.ts';
import type { ResponseReader } from './http1/response-reader.ts';
import { type Connect, createConnect } from './net/connect.ts';
import type { DnsEntry } from './net/dns.ts';
import type { Origin } from './net/origins.ts';
import { type ConnectionFigures, Pool } from './net/pool.ts';
import { Race } from './net/race.ts';
import { Wheel } from './wheel.ts';

export class Dispatcher implements ConnectionOwner {
  readonly wheel: Wheel;
  readonly memory = new BodyMemory();
  readonly timeoutMs: number;
  readonly minRateBytesPerSecond: number;
  readonly responseMsMax: number;
  readonly #parts: DispatchParts;
  readonly #connect: Connect;
  readonly #pool = new Pool();
  readonly #inFlight = new Set<Exchange>();
  readonly #inflow: Inflow;
  /** Signals that are listened to, once each however many requests share them. */
  readonly #signals = new WeakSet<AbortSignal>();
  readonly #closing = new AbortController();
  readonly figures: { -readonly [Name in keyof ConnectionFigures]: number } = {
    open: 0,
    opened: 0,
    reused: 0,
    replayed: 0,
  };

  constructor(parts: DispatchParts) {
    this.#parts = parts;
    this.timeoutMs = parts.timeoutMs;
    this.minRateBytesPerSecond = parts.minRateBytesPerSecond;
    this.responseMsMax = parts.responseMsMax;
    this.wheel = new Wheel(parts.clock, parts.timeoutMs);
    this.#inflow = new Inflow(parts.budget);
    this.#connect = createConnect(parts.insecure, onRead);
  }

  readonly fetch: Fetch = (request, signal) => new Promise((resolve) => this.#start(request, signal, resolve));

  /** Aborts what is in flight and closes every connection. */
  close(): void {
    this.#closing.abort();
    for (const exchange of this.#inFlight) this.#abort(exchange);
    this.#pool.close();
  }

  // --- a request's way out ---------------------------------------------------------------------------------------------

  #start(request: Request, signal: AbortSignal, resolve: (outcome: Outcome) => void): void {
    const { origins, requestHead, clock } = this.#parts;
    const target = origins.target(request.url);
    if (target === null) {
      resolve(refusal(request, 'scheme', clock.wall()));
      return;
    }
    const exchange = createExchange({
      request,
      signal,
      origin: target.origin,
      head: requestHead(request, target.origin, target.path),
      startedAt: clock.wall(),
      begunAt: clock.now(),
      resolve,
    });
    this.#inFlight.add(exchange);
    this.#listen(signal);
    if (signal.aborted || this.#closing.signal.aborted) this.#abort(exchange);
    else this.#send(exchange);
  }

  #send(exchange: Exchange): void {
    const idle = this.#pool.take(exchange.origin);
    if (idle === null) {
      this.#dial(exchange);
      return;
    }
    this.figures.reused += 1;
    exchange.mayReplay = true;
    this.#bind(exchange, idle);
    this.#write(exchange, idle);
  }

  #dial(exchange: Exchange): void {
    const { hostname, isAddress } = exchange.origin;
    const { dns } = this.#parts;
    if (isAddress) {
      this.#bind(exchange, this.#open(exchange.origin, hostname));
      return;
    }
    const known = dns.known(hostname);
    if (known !== null) this.#dialOne(exchange, known);
    else dns.resolve(hostname).then((entry) => exchange.isSettled || this.#dialOne(exchange, entry));
  }

  /** The address that is connected to is the very one that the guard admitted: a name may resolve to another next time. */
  #dialOne(exchange: Exchange, { addresses, failure }: DnsEntry): void {
    const { origin } = exchange;
    if (failure !== null) {
      this.#fail(exchange, failure);
      return;
    }
    const admitted = addresses.filter((address) => this.#parts.admits(origin.hostname, address));
    if (admitted.length === 0) {
      const detail = `refused before connecting: ${origin.hostname} is at ${addresses.join(', ')}`;
      this.#settle(exchange, failedOutcome(exchange, this.#parts.clock.now(), { refused: 'address', detail }));
    } else if (admitted.length === 1) this.#bind(exchange, this.#open(origin, admitted[0]!));
    else this.#race(exchange, admitted);
  }

  #race(exchange: Exchange, addresses: readonly string[]): void {
    exchange.carrier = new Race(this.#parts.clock, {
      addresses,
      open: (address) => this.#open(exchange.origin, address),
      hasRoom: () => this.figures.open - this.#pool.size < this.#parts.connectionsMost,
      won: (connection) => {
        this.#parts.dns.worked(exchange.origin.hostname, connection.address);
        this.#bind(exchange, connection);
      },
      lost: (failure) => this.#fail(exchange, failure),
    });
  }

  #open(origin: Origin, address: string): Connection {
    if (this.figures.open >= this.#parts.connectionsMost) this.#pool.dropOldest();
    this.figures.opened += 1;
    this.figures.open += 1;
    return new Connection(this, origin, address, this.#connect(origin, address));
  }

  #bind(exchange: Exchange, connection: Connection): void {
    connection.exchange = exchange;
    exchange.carrier = connection;
  }

  #write(exchange: Exchange, connection: Connection): void {
    exchange.remoteAddress = connection.address;
    connection.send(exchange.head);
    // Not before: a delay is measured from here, and where the machine is busy time passes in between.
    exchange.sentAt = this.#parts.clock.now();
  }

  // --- what happens on a connection ------------------------------------------------------------------------------------

  connected(connection: Connection, isSecured: boolean): void {
    connection.race?.won(connection);
    const { exchange } = connection;
    if (exchange === null) return;
    exchange.remoteAddress = connection.address;
    if (isSecured) this.#write(exchange, connection);
    else connection.enter('securing');
  }

  read(connection: Connection, buffer: Buffer, length: number): void {
    const { exchange } = connection;
    if (exchange === null) {
      // Nobody asked: whatever this is, the next answer could be taken for it.
      this.#pool.drop(connection);
      return;
    }
    connection.activeMs = this.wheel.nowMs;
    connection.windowBytes += length;
    exchange.wireBytes += length;
    let { reader } = exchange;
    if (reader === null) {
      connection.enter('receiving');
      exchange.firstByteMs = this.#parts.clock.now() - exchange.begunAt;
      reader = beginReader(exchange, this.memory, this.#parts.bodyBytesMax);
    }
    reader.push(buffer, 0, length);
    if (reader.isDone) this.#finish(connection, exchange, reader);
    else this.#inflow.arrived(exchange, connection, reader.heldBytes);
    // Last, because whoever has had enough aborts all that is in flight.
    this.#parts.onBytes(length);
  }

  starved(nowMs: number): void {
    const exchange = this.#inflow.tooLarge(nowMs, this.timeoutMs);
    if (exchange === null || exchange.reader === null || !(exchange.carrier instanceof Connection)) return;
    exchange.reader.cut(
      'length',
      null,
      `the body was cut at ${exchange.heldBytes} bytes: there was no memory for more`,
    );
    this.#finish(exchange.carrier, exchange, exchange.reader);
  }

  gone(connection: Connection, during: Phase, error: Error | null): void {
    const { exchange, race, address } = connection;
    if (during === 'idle') this.#pool.drop(connection);
    else if (race !== null) race.failed(connection, failureOf(error, 'connect', address));
    else if (exchange === null) return;
    else if (during === 'connecting') this.#fail(exchange, failureOf(error, 'connect', address));
    else if (during === 'securing') this.#fail(exchange, failureOf(error, 'tls', address));
    else if (exchange.reader !== null) this.#endedWithin(connection, exchange, exchange.reader, error);
    else if (exchange.mayReplay) this.#replay(exchange);
    else this.#fail(exchange, failureOf(error, 'response', address));
  }

  expired(connection: Connection, why: Expiry): void {
    const { exchange, race } = connection;
    const { code, detail } = expiryFailure(connection, why);
    connection.close();
    if (race !== null) race.failed(connection, { code, detail });
    else if (exchange === null) return;
    else if (exchange.reader === null) this.#fail(exchange, { code, detail });
    else {
      exchange.reader.cut(exchange.reader.hasBody ? 'time' : null, code, detail);
      this.#finish(connection, exchange, exchange.reader);
    }
  }

  closed(): void {
    this.figures.open -= 1;
  }

  // --- a request's end -------------------------------------------------------------------------------------------------

  #endedWithin(connection: Connection, exchange: Exchange, reader: ResponseReader, error: Error | null): void {
    if (error === null) reader.end();
    else if (reader.status === 0)
      reader.cut(null, failureOf(error, 'response', connection.address).code, error.message);
    else reader.cut('disconnect', 'disconnect', error.message);
    this.#finish(connection, exchange, reader);
  }

  #finish(connection: Connection, exchange: Exchange, reader: ResponseReader): void {
    connection.exchange = null;
    if (exchange.mayReplay && reader.isOtherProtocol) {
      // Rests of an earlier response: not this one's fault.
      connection.close();
      this.#replay(exchange);
      return;
    }
    const { keepAliveMs } = reader;
    this.#settle(exchange, responseOutcome(exchange, reader, this.#parts.clock.now()));
    if (keepAliveMs > 0 && connection.phase !== 'closed') this.#pool.put(connection, keepAliveMs, this.#inFlight.size);
    else connection.close();
  }

  /** The server closed a connection while we believed it idle (RFC 9110, section 9.2.2): asked once more, on a new one. */
  #replay(exchange: Exchange): void {
    this.figures.replayed += 1;
    this.#inflow.ended(exchange, this.wheel.nowMs);
    exchange.mayReplay = false;
    exchange.carrier = null;
    exchange.reader = null;
    exchange.wireBytes = 0;
    exchange.firstByteMs = 0;
    this.#dial(exchange);
  }

  #fail(exchange: Exchange, { code, detail }: Failure): void {
    // What is kept for nothing may be what is lacking.
    if (code === 'machine') this.#pool.dropOldest();
    this.#settle(exchange, failedOutcome(exchange, this.#parts.clock.now(), { error: code, detail }));
  }

  #settle(exchange: Exchange, outcome: Outcome): void {
    exchange.isSettled = true;
    this.#inFlight.delete(exchange);
    this.#inflow.ended(exchange, this.wheel.nowMs);
    exchange.resolve(outcome);
  }

  #listen(signal: AbortSignal): void {
    if (this.#signals.has(signal)) return;
    this.#signals.add(signal);
    const aborted = (): void => {
      for (const exchange of this.#inFlight) if (exchange.signal === signal) this.#abort(exchange);
    };
    signal.addEventListener('abort', aborted, { once: true, signal: this.#closing.signal });
  }

  #abort(exchange: Exchange): void {
    exchange.carrier?.close();
    exchange.reader?.spooled()?.drop();
    this.#fail(exchange, { code: 'aborted', detail: 'aborted' });
  }
}
