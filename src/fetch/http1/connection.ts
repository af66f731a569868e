// One connection, from the call until it is closed. It owns its socket and knows what it waits for; what happens on it is told
// to its owner, the dispatcher, which alone decides what follows. There may be ten thousand of these: no closures, no timers
// and no buffers of its own.

import type { Socket } from 'node:net';
import type { ErrorCode } from '../../base/errors.ts';
import { MEMORY_PATIENCE_MS } from '../../base/limits.ts';
import type { Failure } from '../failure.ts';
import type { OnRead } from '../net/connect.ts';
import type { Origin } from '../net/origins.ts';
import type { Timed, Wheel } from '../wheel.ts';
import type { Exchange } from './exchange.ts';

/** What a connection waits for. */
export type Phase = 'connecting' | 'securing' | 'idle' | 'waiting' | 'receiving' | 'closed';

/** What it is called when nothing came for too long. */
const TIMEOUT_CODES: Readonly<Record<Phase, ErrorCode>> = {
  connecting: 'connect-timeout',
  securing: 'tls-timeout',
  waiting: 'first-byte-timeout',
  receiving: 'idle-timeout',
  idle: 'idle-timeout',
  closed: 'idle-timeout',
};

/** Nothing came for too long, or too little, or the whole response took too long. */
export type Expiry = 'silence' | 'rate' | 'time';

export interface ConnectionOwner {
  readonly wheel: Wheel;
  readonly timeoutMs: number;
  readonly minRateBytesPerSecond: number;
  readonly responseMsMax: number;
  /** It can be written to. For TLS this comes twice: `isSecured` is false when only TCP stands. */
  connected(connection: Connection, isSecured: boolean): void;
  read(connection: Connection, buffer: Buffer, length: number): void;
  /** The peer closed it, or it failed; it is closed by now. `during` is the phase that it was in. */
  gone(connection: Connection, during: Phase, error: Error | null): void;
  /** It waits for memory, and has for some time. */
  starved(nowMs: number): void;
  /** It is still open. */
  expired(connection: Connection, why: Expiry): void;
  /** It is closed, by whomever. */
  closed(): void;
}

/** Several connections of which one is wanted. */
export interface Contest {
  won(connection: Connection): void;
  /** It is closed by now. */
  failed(connection: Connection, failure: Failure): void;
}

const CONNECTION = Symbol('connection');
type Carrier = Socket & { [CONNECTION]?: Connection };

export class Connection implements Timed {
  readonly owner: ConnectionOwner;
  readonly origin: Origin;
  readonly address: string;
  readonly socket: Socket;
  slot = -1;
  phase: Phase = 'connecting';
  exchange: Exchange | null = null;
  /** Set while other addresses of the host are tried beside this one. */
  race: Contest | null = null;
  /** Wheel time: of the last sign of life, or while idle, of its end. */
  activeMs: number;
  /** Wheel time at which the response must be whole. */
  endsMs = Number.POSITIVE_INFINITY;
  /** The present window over which the rate is measured: its beginning in wheel time, and its bytes. */
  windowMs = 0;
  windowBytes = 0;
  /** Its socket is not read: there is no memory for what comes. */
  isWaiting = false;

  constructor(owner: ConnectionOwner, origin: Origin, address: string, socket: Socket) {
    this.owner = owner;
    this.origin = origin;
    this.address = address;
    this.socket = socket;
    (socket as Carrier)[CONNECTION] = this;
    socket.on('connect', onConnect);
    if (origin.isSecure) socket.on('secureConnect', onSecureConnect);
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.on('close', onEnd);
    this.activeMs = owner.wheel.nowMs;
    this.#watch();
  }

  /** Sends a request; its answer is waited for from now on. */
  send(head: string): void {
    this.endsMs = this.owner.wheel.nowMs + this.owner.responseMsMax + this.owner.wheel.tickMs;
    this.enter('waiting');
    this.socket.write(head, 'latin1');
  }

  /** Begins to wait for something else, with the whole time before it. */
  enter(phase: Phase): void {
    const { wheel } = this.owner;
    this.phase = phase;
    this.activeMs = wheel.nowMs;
    if (phase === 'receiving') {
      this.windowMs = wheel.nowMs;
      this.windowBytes = 0;
    } else this.#watch();
  }

  /** Reads no more until `goOn`. */
  wait(): void {
    const { wheel, timeoutMs } = this.owner;
    this.isWaiting = true;
    wheel.watch(this, wheel.nowMs + Math.min(timeoutMs, MEMORY_PATIENCE_MS));
  }

  /** Goes on reading, with the whole time before it: that nothing came was not the server's fault. */
  goOn(): void {
    this.isWaiting = false;
    if (this.isClosed) return;
    this.enter('receiving');
    this.socket.resume();
  }

  /** Waits for another request, for so long. */
  rest(idleMs: number): void {
    const { wheel } = this.owner;
    this.phase = 'idle';
    this.exchange = null;
    this.activeMs = wheel.nowMs + idleMs;
    wheel.watch(this, this.activeMs);
  }

  /** It has been idle for as long as it may. */
  get isRested(): boolean {
    return this.owner.wheel.nowMs >= this.activeMs;
  }

  get isClosed(): boolean {
    return this.phase === 'closed';
  }

  close(): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.owner.wheel.forget(this);
    this.owner.closed();
    this.socket.destroy();
  }

  due(nowMs: number): number {
    if (this.phase === 'idle') {
      if (this.isRested) this.owner.gone(this, 'idle', null);
      return this.activeMs;
    }
    if (this.isWaiting && nowMs < this.endsMs) {
      this.owner.starved(nowMs);
      return this.isClosed ? -1 : nowMs + Math.min(this.owner.timeoutMs, MEMORY_PATIENCE_MS);
    }
    const deadlineMs = this.#deadlineMs();
    if (nowMs >= deadlineMs) {
      this.owner.expired(this, nowMs >= this.endsMs ? 'time' : 'silence');
      return -1;
    }
    return this.phase === 'receiving' ? this.#rateDue(nowMs, deadlineMs) : deadlineMs;
  }

  #rateDue(nowMs: number, deadlineMs: number): number {
    const { timeoutMs, minRateBytesPerSecond } = this.owner;
    const windowEndMs = this.windowMs + timeoutMs;
    if (nowMs < windowEndMs) return Math.min(deadlineMs, windowEndMs);
    if ((this.windowBytes * 1000) / (nowMs - this.windowMs) < minRateBytesPerSecond) {
      this.owner.expired(this, 'rate');
      return -1;
    }
    this.windowMs = nowMs;
    this.windowBytes = 0;
    return Math.min(deadlineMs, nowMs + timeoutMs);
  }

  /** A tick is added because the wheel's time may lag by one. */
  #deadlineMs(): number {
    return Math.min(this.endsMs, this.activeMs + this.owner.timeoutMs + this.owner.wheel.tickMs);
  }

  #watch(): void {
    this.owner.wheel.watch(this, this.#deadlineMs());
  }

  /** The socket ended by itself. */
  lost(error: Error | null): void {
    const during = this.phase;
    if (during === 'closed') return;
    this.close();
    this.owner.gone(this, during, error);
  }
}

/** What ended so is told so. */
export function expiryFailure({ owner, phase }: Connection, why: Expiry): Failure {
  switch (why) {
    case 'rate':
      return { code: 'min-rate', detail: `fewer than ${owner.minRateBytesPerSecond} bytes a second` };
    case 'time':
      return { code: 'max-time', detail: `it was not whole after ${owner.responseMsMax / 1000} s (--max-time)` };
    case 'silence':
      return { code: TIMEOUT_CODES[phase], detail: `nothing came for ${owner.timeoutMs} ms while ${phase}` };
  }
}

/** The read callback that all sockets share. */
export const onRead: OnRead = function (length, buffer) {
  const connection = (this as Carrier)[CONNECTION];
  if (connection !== undefined && connection.phase !== 'closed') {
    connection.owner.read(connection, buffer as Buffer, length);
    return !connection.isWaiting;
  }
  return true;
};

function onConnect(this: Carrier): void {
  const connection = this[CONNECTION]!;
  if (connection.phase === 'connecting') connection.owner.connected(connection, !connection.origin.isSecure);
}

function onSecureConnect(this: Carrier): void {
  const connection = this[CONNECTION]!;
  if (connection.phase === 'securing') connection.owner.connected(connection, true);
}

function onEnd(this: Carrier): void {
  this[CONNECTION]!.lost(null);
}

function onError(this: Carrier, error: Error): void {
  this[CONNECTION]!.lost(error);
}
