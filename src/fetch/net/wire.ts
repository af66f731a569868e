// One socket, from the call until it is closed. It owns the socket and the deadlines of connecting, of securing and of
// being idle; the connection that speaks on it decides what is said. There may be ten thousand of these: no closures,
// no timers and no buffers of its own.

import type { Socket } from 'node:net';
import type { TlsFacts } from '../../base/contracts.ts';
import type { Exchange } from '../exchange.ts';
import { type Failure, failureOf } from '../failure.ts';
import type { Timed, Wheel } from '../wheel.ts';
import type { OnRead } from './connect.ts';
import type { Origin } from './origins.ts';

type Phase = 'connecting' | 'tunnelling' | 'securing' | 'open' | 'idle' | 'closed';

/** What speaks on a wire once that is open. */
export interface Speaker {
  /** The bytes at 0 to `length` came; they are overwritten by the next that come on any wire. */
  read(buffer: Buffer, length: number): void;
  /** The wire is closed: the peer did it, or it failed, or it was idle for as long as it may be. */
  lost(error: Error | null): void;
}

/** What is said to a proxy until the wire reaches its origin. */
export interface Tunnel extends Speaker {
  /** Calls `tunnelled` or `fail` of the wire when it is done. */
  begin(wire: Wire): void;
}

export interface WireOwner {
  readonly wheel: Wheel;
  readonly timeoutMs: number;
  /** TCP stands. */
  connected(wire: Wire): void;
  /** TLS stands: why its origin is not trusted; null if it is. */
  distrusted(wire: Wire): Failure | null;
  /** It has come through a proxy: begins TLS with its origin. */
  secure(wire: Wire): Socket;
  /** It can be written to. */
  opened(wire: Wire): void;
  /** It could not be opened; it is closed by now. */
  failed(wire: Wire, failure: Failure): void;
  /** It is closed, by whichever side. */
  closed(): void;
}

/** Several wires of which one is wanted. */
export interface Contest {
  won(wire: Wire): void;
  /** It is closed by now. */
  failed(wire: Wire, failure: Failure): void;
}

const WIRE = Symbol('wire');
type Carrying = Socket & { [WIRE]?: Wire };

export class Wire implements Timed {
  readonly origin: Origin;
  readonly address: string;
  socket: Socket;
  slot = -1;
  place = -1;
  /** The exchange that it is opened for, until it is open. */
  exchange: Exchange | null = null;
  /** Set while other addresses of the host are tried beside this one. */
  race: Contest | null = null;
  speaker: Speaker | null = null;
  /** What is told of its TLS, if anything is. */
  tls: TlsFacts | null = null;
  readonly #owner: WireOwner;
  #phase: Phase = 'connecting';
  /** Wheel time: when this phase began, or while idle, when it ends. */
  #atMs: number;
  #isPaused = false;
  readonly #tunnel: Tunnel | null;
  /** It has come through the proxy, or its failure is told in the proxy's own words. */
  #isThrough = false;

  constructor(owner: WireOwner, origin: Origin, address: string, socket: Socket, tunnel: Tunnel | null = null) {
    this.#owner = owner;
    this.origin = origin;
    this.address = address;
    this.socket = socket;
    this.#tunnel = tunnel;
    socket.on('connect', onConnect);
    this.#carry();
    this.#atMs = owner.wheel.nowMs;
    this.#watch();
  }

  get nowMs(): number {
    return this.#owner.wheel.nowMs;
  }

  get isClosed(): boolean {
    return this.#phase === 'closed';
  }

  /** It is not open, and the proxy is to blame if it fails. */
  get isAtProxy(): boolean {
    return this.origin.route !== null && !this.#isThrough;
  }

  /** It has been idle for as long as it may. */
  get isRested(): boolean {
    return this.#owner.wheel.nowMs >= this.#atMs;
  }

  /** Is idle from now on, for so long at the most. */
  rest(idleMs: number): void {
    const { wheel } = this.#owner;
    this.#phase = 'idle';
    this.#atMs = wheel.nowMs + idleMs;
    wheel.watch(this, this.#atMs);
  }

  /** Is idle no more. */
  wake(): void {
    this.#phase = 'open';
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.isClosed) this.socket.resume();
  }

  close(): void {
    if (this.isClosed) return;
    this.#phase = 'closed';
    this.#owner.wheel.forget(this);
    this.#owner.closed();
    this.socket.destroy();
  }

  due(nowMs: number): number {
    if (this.#phase === 'open') return -1;
    if (this.#phase === 'idle') {
      if (this.isRested) this.lost(null);
      return this.isClosed ? -1 : this.#atMs;
    }
    if (nowMs < this.#deadlineMs()) return this.#deadlineMs();
    const code = this.#phase === 'securing' ? 'tls-timeout' : 'connect-timeout';
    const detail = `nothing came for ${this.#owner.timeoutMs} ms while ${this.#phase}`;
    this.close();
    this.#owner.failed(this, { code, detail });
    return -1;
  }

  connected(): void {
    if (this.#phase !== 'connecting') return;
    this.#owner.connected(this);
    if (isTls(this.socket)) this.#enter('securing');
    else this.#reached();
  }

  secured(): void {
    if (this.#phase !== 'securing') return;
    const failure = this.isAtProxy ? null : this.#owner.distrusted(this);
    if (failure === null) {
      this.#reached();
      return;
    }
    this.close();
    this.#owner.failed(this, failure);
  }

  /** The proxy passes on what comes now. */
  tunnelled(): void {
    this.#isThrough = true;
    this.speaker = null;
    if (!this.origin.isSecure) {
      this.#open();
      return;
    }
    this.socket = this.#owner.secure(this);
    this.#carry();
    // A socket on a socket has no buffer that all could share.
    this.socket.on('data', onData);
    this.#enter('securing');
  }

  /** Its tunnel could not be made. */
  fail(failure: Failure): void {
    this.#isThrough = failure.code !== 'proxy-failed';
    this.close();
    this.#owner.failed(this, failure);
  }

  /** Says whether more may come. */
  read(buffer: Buffer, length: number): boolean {
    if (!this.isClosed) this.speaker?.read(buffer, length);
    return !this.#isPaused;
  }

  /** The socket ended by itself. */
  lost(error: Error | null): void {
    const during = this.#phase;
    if (during === 'closed') return;
    this.close();
    if (during === 'connecting') this.#owner.failed(this, failureOf(error, 'connect', this.address));
    else if (during === 'tunnelling') this.#owner.failed(this, failureOf(error, 'response', this.address));
    else if (during === 'securing') this.#owner.failed(this, failureOf(error, 'tls', this.address));
    else this.speaker?.lost(error);
  }

  /** Whom its socket was opened to. */
  #reached(): void {
    if (this.#tunnel === null || this.#isThrough) this.#open();
    else {
      this.#enter('tunnelling');
      this.speaker = this.#tunnel;
      this.#tunnel.begin(this);
    }
  }

  #enter(phase: 'tunnelling' | 'securing'): void {
    this.#phase = phase;
    this.#atMs = this.#owner.wheel.nowMs;
    this.#watch();
  }

  #carry(): void {
    const { socket } = this;
    (socket as Carrying)[WIRE] = this;
    if (isTls(socket)) socket.on('secureConnect', onSecureConnect);
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.on('close', onEnd);
  }

  #open(): void {
    this.#phase = 'open';
    this.#owner.wheel.forget(this);
    this.#owner.opened(this);
  }

  /** A tick is added because the wheel's time may lag by one. */
  #deadlineMs(): number {
    return this.#atMs + this.#owner.timeoutMs + this.#owner.wheel.tickMs;
  }

  #watch(): void {
    this.#owner.wheel.watch(this, this.#deadlineMs());
  }
}

function isTls(socket: Socket & { readonly encrypted?: boolean }): boolean {
  return socket.encrypted === true;
}

/** The read callback that all sockets share. */
export const onRead: OnRead = function (length, buffer) {
  return (this as Carrying)[WIRE]?.read(buffer as Buffer, length) ?? true;
};

function onData(this: Carrying, bytes: Buffer): void {
  if (!this[WIRE]!.read(bytes, bytes.length)) this.pause();
}

function onConnect(this: Carrying): void {
  this[WIRE]!.connected();
}

function onSecureConnect(this: Carrying): void {
  this[WIRE]!.secured();
}

function onEnd(this: Carrying): void {
  this[WIRE]!.lost(null);
}

function onError(this: Carrying, error: Error): void {
  this[WIRE]!.lost(error);
}
