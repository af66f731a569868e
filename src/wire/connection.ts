// One connection to one host, kept alive from request to request. It owns its socket and the exchange that is on it. All
// connections read into one buffer: what is in it is copied or parsed before the callback returns.

import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Outcome } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Exchange } from './exchange.ts';
import { detailOf, errorCodeOf } from './failures.ts';
import type { Origin } from './origin.ts';
import type { ReaderState } from './response-reader.ts';
import { OFF_THE_WHEEL, type Timed, type TimeoutWheel } from './timeout-wheel.ts';

/** What all connections of a transport share. */
export interface ConnectionHome {
  readonly readBuffer: Buffer;
  readonly wheel: TimeoutWheel;
  readonly timeoutMs: number;
  readonly minRateBytesPerSecond: number;
  readonly rejectUnauthorized: boolean;
  readonly monotonic: () => number;
  readonly sessions: Map<string, Buffer>;
  /** The exchange is over and the connection can take another. */
  onIdle(connection: Connection): void;
  onClosed(connection: Connection): void;
  /** A kept-alive connection died before the first byte of its response. */
  onStale(exchange: Exchange): void;
  onSession(key: string, session: Buffer): void;
}

type Stage = 'connecting' | 'handshaking' | 'awaiting' | 'receiving' | 'idle' | 'closed';

const TIMEOUT_CODES: Readonly<Record<'connecting' | 'handshaking' | 'awaiting' | 'receiving', ErrorCode>> = {
  connecting: 'connect-timeout',
  handshaking: 'tls-timeout',
  awaiting: 'first-byte-timeout',
  receiving: 'idle-timeout',
};

export class Connection implements Timed {
  readonly origin: Origin;
  readonly address: string;
  deadlineAt = OFF_THE_WHEEL;
  /** Idle connections are dropped after this, on the wheel's clock. */
  idleUntil = 0;
  isReused = false;
  readonly #home: ConnectionHome;
  readonly #socket: Socket;
  #exchange: Exchange | null = null;
  #stage: Stage = 'connecting';
  /** Told once whether the connection was made; null afterwards. */
  #onConnected: ((error: unknown) => void) | null;

  constructor(home: ConnectionHome, origin: Origin, address: string, onConnected: (error: unknown) => void) {
    this.#home = home;
    this.origin = origin;
    this.address = address;
    this.#onConnected = onConnected;
    this.#socket = this.#open();
    home.wheel.watch(this, home.timeoutMs);
  }

  get isIdle(): boolean {
    return this.#stage === 'idle';
  }

  /** Sends the request; the connection must be made and free. */
  send(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.remoteAddress = this.address;
    this.#stage = 'awaiting';
    this.#home.wheel.watch(this, this.#home.timeoutMs);
    this.#socket.write(exchange.head, 'latin1');
  }

  destroy(): void {
    if (this.#stage === 'closed') return;
    this.#stage = 'closed';
    this.deadlineAt = this.deadlineAt === OFF_THE_WHEEL ? OFF_THE_WHEEL : Number.POSITIVE_INFINITY;
    this.#socket.destroy();
    this.#home.onClosed(this);
  }

  onDeadline(): void {
    const stage = this.#stage;
    if (stage === 'idle' || stage === 'closed') return;
    const code = TIMEOUT_CODES[stage];
    const detail = `nothing for ${this.#home.timeoutMs} ms`;
    if (stage === 'receiving' && this.#isBelowMinRate()) this.#fail('min-rate', 'time', 'slower than the least rate');
    else this.#fail(code, 'time', detail);
  }

  #open(): Socket {
    const { origin, address } = this;
    const onread = {
      buffer: this.#home.readBuffer,
      callback: (length: number, bytes: Uint8Array) => this.#read(length, bytes as Buffer),
    };
    const at = { host: address, port: origin.port, noDelay: true, autoSelectFamily: false, onread };
    let socket: Socket;
    if (origin.isTls) {
      const session = this.#home.sessions.get(origin.key);
      const secure: TLSSocket = connectTls({
        ...at,
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: this.#home.rejectUnauthorized,
        // A server name is a name (RFC 6066, section 3): addresses are not sent, but are verified all the same.
        ...(isName(origin.hostname) ? { servername: origin.hostname } : { servername: '', host: address }),
        ...(session === undefined ? {} : { session }),
      });
      secure.once('secureConnect', () => this.#connected());
      secure.on('session', (ticket: Buffer) => this.#home.onSession(origin.key, ticket));
      secure.once('connect', () => {
        if (this.#stage === 'connecting') this.#stage = 'handshaking';
        this.#home.wheel.watch(this, this.#home.timeoutMs);
      });
      socket = secure;
    } else {
      socket = connectTcp(at);
      socket.once('connect', () => this.#connected());
    }
    socket.on('error', (error) => this.#broken(error));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#ended());
    return socket;
  }

  #connected(): void {
    if (this.#stage === 'closed') return;
    this.#stage = 'idle';
    const onConnected = this.#onConnected;
    this.#onConnected = null;
    onConnected?.(null);
  }

  #read(length: number, bytes: Buffer): boolean {
    const exchange = this.#exchange;
    if (exchange === null) {
      // Bytes that nobody asked for: whatever comes next on this connection cannot be trusted.
      this.destroy();
      return true;
    }
    exchange.wireBytes += length;
    if (this.#stage === 'awaiting') {
      this.#stage = 'receiving';
      exchange.firstByteMonotonic = this.#home.monotonic();
    }
    this.#home.wheel.watch(this, this.#home.timeoutMs);
    this.#take(exchange.reader.feed(bytes, length), exchange);
    return true;
  }

  #take(state: ReaderState, exchange: Exchange): void {
    switch (state) {
      case 'reading':
        if (this.#home.wheel.now - exchange.firstByteMonotonic > this.#home.timeoutMs && this.#isBelowMinRate()) {
          this.#fail('min-rate', 'time', 'slower than the least rate');
        }
        return;
      case 'done':
        return this.#done(exchange);
      case 'malformed':
        return this.#fail('http-malformed', null, 'not an HTTP/1.1 response');
      case 'head-too-large':
        return this.#fail('http-header-size', null, 'the head of the response is too large');
      case 'cut-short':
        return this.#fail('disconnect', 'disconnect', 'the body ends before it should');
      case 'too-long':
        return this.#fail(null, 'length', 'cut at the largest body that is taken');
    }
  }

  #done(exchange: Exchange): void {
    this.#exchange = null;
    const { reader } = exchange;
    if (reader.isReusable && this.#stage !== 'closed') {
      this.#stage = 'idle';
      this.isReused = true;
      this.#home.onIdle(this);
      this.#keepFor(reader.keepAliveSeconds);
    } else {
      this.destroy();
    }
    exchange.finish(this.#home.monotonic(), null, null, '');
  }

  // A second before the server would close it, so that a request does not cross its farewell.
  #keepFor(seconds: number): void {
    if (seconds > 0) this.idleUntil = Math.min(this.idleUntil, this.#home.wheel.now + Math.max(0, seconds - 1) * 1000);
  }

  #broken(error: unknown): void {
    const code = errorCodeOf(error, this.#stage === 'handshaking');
    this.#fail(code, 'disconnect', detailOf(error), error);
  }

  /** The peer has closed its side. */
  #ended(): void {
    const exchange = this.#exchange;
    if (exchange === null) {
      const isEarly = this.#stage === 'connecting' || this.#stage === 'handshaking';
      if (isEarly)
        this.#fail(this.#stage === 'handshaking' ? 'tls-protocol' : 'reset', null, 'closed before it was open');
      return this.destroy();
    }
    const state = exchange.reader.end();
    if (state === 'done') this.#done(exchange);
    else if (state === 'reading' || exchange.reader.status === 0)
      this.#fail('reset', null, 'closed without a response');
    else this.#fail('disconnect', 'disconnect', 'closed in the middle of the body');
  }

  #fail(code: ErrorCode | null, truncated: Outcome['truncated'], detail: string, cause: unknown = null): void {
    const exchange = this.#exchange;
    const onConnected = this.#onConnected;
    const wasWaiting = this.#stage === 'awaiting';
    this.#exchange = null;
    this.#onConnected = null;
    this.destroy();
    if (onConnected !== null) return onConnected(cause ?? Object.assign(new Error(detail), { failure: code }));
    if (exchange === null) return;
    const isStale = wasWaiting && this.isReused && code === 'reset' && !exchange.isReplay;
    if (isStale) return this.#home.onStale(exchange);
    // Once a response has begun, whatever cuts it is a disconnect.
    const isCut = exchange.reader.status > 0 && code === 'reset';
    exchange.finish(this.#home.monotonic(), isCut ? 'disconnect' : code, truncated, detail);
  }

  /** Ends what is on the connection, as `aborted`. */
  abort(): void {
    this.#fail('aborted', 'disconnect', 'stopped');
  }

  #isBelowMinRate(): boolean {
    const exchange = this.#exchange;
    if (exchange === null) return false;
    const seconds = (this.#home.monotonic() - exchange.firstByteMonotonic) / 1000;
    return exchange.wireBytes < seconds * this.#home.minRateBytesPerSecond;
  }
}

function isName(hostname: string): boolean {
  return !hostname.includes(':') && !/^[\d.]+$/.test(hostname);
}
