// HTTP/1.1 on a wire: one exchange at a time (RFC 9112). After anything odd the wire is closed, so that what is left of
// one response is not taken for the next one.

import type { Connection, ConnectionOwner, Protocol, ProtocolParts } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import { failureOf } from '../failure.ts';
import type { Wire } from '../net/wire.ts';
import { absoluteHead, takesWholeRequests } from '../proxy/connect-talk.ts';
import { ResponseReader } from './response-reader.ts';

export function createHttp1(parts: ProtocolParts): Protocol {
  const protocol: Protocol = {
    ...{ version: 'http/1.1', isSole: false },
    speak: (wire, owner) => new Http1Connection(protocol, parts, wire, owner),
  };
  return protocol;
}

class Http1Connection implements Connection {
  readonly protocol: Protocol;
  readonly wire: Wire;
  isPooled = false;
  readonly #parts: ProtocolParts;
  readonly #owner: ConnectionOwner;
  #exchange: Exchange | null = null;
  #reader: ResponseReader | null = null;
  /** What was read and waits for a turn; the wire is paused. */
  #unread: Buffer | null = null;
  #isPaused = false;

  constructor(protocol: Protocol, parts: ProtocolParts, wire: Wire, owner: ConnectionOwner) {
    this.protocol = protocol;
    this.#parts = parts;
    this.wire = wire;
    this.#owner = owner;
  }

  get room(): number {
    return this.isIdle && !this.wire.isClosed ? 1 : 0;
  }

  get isIdle(): boolean {
    return this.#exchange === null;
  }

  write(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.tailOf = this.#parts.requestTail;
    const { origin, requestHead } = exchange;
    this.wire.socket.write(takesWholeRequests(origin) ? absoluteHead(requestHead, origin) : requestHead, 'latin1');
  }

  /** It closes the wire, because the rest of this response could be taken for the next one. */
  abandon(): void {
    this.#release();
    this.wire.close();
  }

  pause(): void {
    this.#isPaused = true;
    this.wire.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#unread === null) this.wire.resume();
  }

  read(buffer: Buffer, length: number): void {
    const exchange = this.#exchange;
    if (exchange === null) {
      // No request is waiting: whatever this is, the next answer could be taken for it.
      this.#owner.withdrawn(this);
      this.wire.close();
      return;
    }
    exchange.arrived(length);
    if (this.#unread !== null) {
      // TLS hands out all that it has read.
      this.#unread = Buffer.concat([this.#unread, buffer.subarray(0, length)]);
    } else {
      const at = this.#take(exchange, buffer, length);
      if (at < length) this.#wait(exchange, Buffer.from(buffer.subarray(at, length)));
    }
    this.#owner.took(length, exchange);
  }

  readOn(): boolean {
    const bytes = this.#unread;
    if (bytes === null) return false;
    const exchange = this.#exchange!;
    const at = this.#take(exchange, bytes, bytes.length);
    this.#unread = at < bytes.length ? bytes.subarray(at) : null;
    if (this.#unread !== null) return true;
    if (!exchange.isSettled) exchange.caughtUp();
    if (!this.#isPaused) this.wire.resume();
    return false;
  }

  /** Returns how far it came: less than `length` if the rest must wait for a turn. */
  #take(exchange: Exchange, buffer: Buffer, length: number): number {
    this.#reader ??= this.#begin(exchange);
    const at = this.#reader.push(buffer, 0, length, this.#parts.readTurns.stepsMax);
    if (this.#reader.isDone) this.#done(exchange, this.#reader);
    else this.#owner.grew(exchange);
    return at;
  }

  #wait(exchange: Exchange, unread: Buffer): void {
    this.#unread = unread;
    exchange.fellBehind();
    this.wire.pause();
    this.#parts.readTurns.wait(this);
  }

  lost(error: Error | null): void {
    const exchange = this.#exchange;
    const reader = this.#reader;
    if (exchange === null) this.#owner.withdrawn(this);
    else if (reader === null) {
      this.#release();
      this.#owner.unanswered(exchange, failureOf(error, 'response', this.wire.address));
    } else {
      const unread = this.#unread;
      if (unread !== null) reader.push(unread, 0, unread.length);
      if (error === null) reader.end();
      else if (reader.status === 0) {
        reader.cut(null, failureOf(error, 'response', this.wire.address).code, error.message);
      } else reader.cut('disconnect', 'disconnect', error.message);
      this.#done(exchange, reader);
    }
  }

  #begin(exchange: Exchange): ResponseReader {
    const { method, spool, bodyBytesMax = this.#parts.bodyBytesMax } = exchange.request;
    const reader = new ResponseReader(this.#parts.memory, method === 'HEAD', bodyBytesMax, spool);
    exchange.response = reader;
    return reader;
  }

  #done(exchange: Exchange, reader: ResponseReader): void {
    this.#release();
    if (exchange.mayReplay && reader.isOtherProtocol) {
      // What is left of an earlier response is not this one's fault.
      this.wire.close();
      this.#owner.unanswered(exchange, { code: 'http-malformed', detail: reader.detail });
      return;
    }
    const { keepAliveMs } = reader;
    this.#owner.finished(exchange);
    if (keepAliveMs > 0 && !this.wire.isClosed) this.#owner.freed(this, keepAliveMs);
    else this.wire.close();
  }

  #release(): void {
    this.#exchange = null;
    this.#reader = null;
    this.#unread = null;
    this.#isPaused = false;
  }
}
