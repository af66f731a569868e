// A small multiplexing protocol, to test connections with many exchanges over real sockets; the server is in
// multiplex-server.ts. Requests and responses are HTTP/1.1 text in frames. A frame has one byte for its kind, the
// number of the exchange, and the length of its content. A server sends no more of a response than the client has room
// for.

import type {
  Connection,
  ConnectionOwner,
  CreateProtocol,
  Protocol,
  ProtocolParts,
} from '../../src/fetch/connection.ts';
import type { Exchange } from '../../src/fetch/exchange.ts';
import { failureOf } from '../../src/fetch/failure.ts';
import { ResponseReader } from '../../src/fetch/http1/response-reader.ts';
import type { Wire } from '../../src/fetch/net/wire.ts';

const HEAD_BYTES = 9;
/** How many exchanges a connection takes. */
export const EXCHANGES_MAX = 8;
/** How much of a response comes without credit. */
export const WINDOW_BYTES = 32 * 1024;

const KINDS = ['request', 'data', 'end', 'reset', 'credit'] as const;
type Kind = (typeof KINDS)[number];

export function frame(kind: Kind, id: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(KINDS.indexOf(kind), 0);
  head.writeUInt32BE(id, 1);
  head.writeUInt32BE(payload.length, 5);
  return Buffer.concat([head, payload]);
}

function creditFrame(id: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame('credit', id, payload);
}

/** Turns pieces of any length into whole frames. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  *of(piece: Buffer): Generator<{ readonly kind: Kind; readonly id: number; readonly payload: Buffer }> {
    let bytes = Buffer.concat([this.#rest, piece]);
    while (bytes.length >= HEAD_BYTES && bytes.length >= HEAD_BYTES + bytes.readUInt32BE(5)) {
      const end = HEAD_BYTES + bytes.readUInt32BE(5);
      yield { kind: KINDS[bytes.readUInt8(0)]!, id: bytes.readUInt32BE(1), payload: bytes.subarray(HEAD_BYTES, end) };
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
  }
}

export const createMultiplexing: CreateProtocol = (parts) => {
  const protocol: Protocol = {
    ...{ version: 'multiplexing', isSole: false },
    speak: (wire, owner) => new MultiplexConnection(protocol, parts, wire, owner),
  };
  return protocol;
};

interface Stream {
  readonly id: number;
  readonly exchange: Exchange;
  reader: ResponseReader | null;
  isPaused: boolean;
  /** Bytes that arrived while it was paused. */
  owedBytes: number;
}

class MultiplexConnection implements Connection {
  readonly protocol: Protocol;
  readonly wire: Wire;
  isPooled = false;
  readonly #parts: ProtocolParts;
  readonly #owner: ConnectionOwner;
  readonly #streams = new Map<number, Stream>();
  readonly #frames = new Frames();
  #last = 0;

  constructor(protocol: Protocol, parts: ProtocolParts, wire: Wire, owner: ConnectionOwner) {
    this.protocol = protocol;
    this.#parts = parts;
    this.wire = wire;
    this.#owner = owner;
  }

  get room(): number {
    return this.wire.isClosed ? 0 : EXCHANGES_MAX - this.#streams.size;
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  write(exchange: Exchange): void {
    this.#last += 1;
    const id = this.#last;
    this.#streams.set(id, { id, exchange, reader: null, isPaused: false, owedBytes: 0 });
    exchange.tailOf = this.#parts.requestTail;
    this.wire.socket.write(frame('request', id, Buffer.from(exchange.requestHead, 'latin1')));
  }

  abandon(exchange: Exchange): void {
    this.#leave(this.#streamOf(exchange));
  }

  pause(exchange: Exchange): void {
    this.#streamOf(exchange).isPaused = true;
  }

  resume(exchange: Exchange): void {
    const stream = this.#streamOf(exchange);
    stream.isPaused = false;
    this.wire.socket.write(creditFrame(stream.id, stream.owedBytes));
    stream.owedBytes = 0;
  }

  read(buffer: Buffer, length: number): void {
    for (const { kind, id, payload } of this.#frames.of(buffer.subarray(0, length))) {
      const stream = this.#streams.get(id);
      // The server may not know yet that the exchange is over.
      if (stream === undefined) continue;
      if (kind === 'data') this.#take(stream, payload);
      else this.#end(stream, kind === 'end' ? null : resetError());
      this.#owner.took(payload.length, stream.exchange);
    }
  }

  lost(error: Error | null): void {
    this.#owner.withdrawn(this);
    for (const stream of this.#streams.values()) this.#end(stream, error ?? resetError());
  }

  #take(stream: Stream, payload: Buffer): void {
    const { exchange, id } = stream;
    exchange.arrived(payload.length);
    stream.reader ??= this.#begin(exchange);
    stream.reader.push(payload, 0, payload.length);
    if (stream.reader.isDone) {
      this.#leave(stream);
      this.#owner.finished(exchange);
      return;
    }
    this.#owner.grew(exchange);
    if (stream.isPaused) stream.owedBytes += payload.length;
    else this.wire.socket.write(creditFrame(id, payload.length));
  }

  #begin(exchange: Exchange): ResponseReader {
    const { method, spool, bodyBytesMax = this.#parts.bodyBytesMax } = exchange.request;
    const reader = new ResponseReader(this.#parts.memory, method === 'HEAD', bodyBytesMax, spool);
    exchange.response = reader;
    return reader;
  }

  /** The server ended it, properly if there is no error. */
  #end(stream: Stream, error: Error | null): void {
    const { exchange, reader } = stream;
    this.#leave(stream);
    const failure = failureOf(error, 'response', this.wire.address);
    if (reader === null) {
      this.#owner.unanswered(exchange, failure);
      return;
    }
    if (error === null) reader.end();
    else if (reader.status === 0) reader.cut(null, failure.code, failure.detail);
    else reader.cut('disconnect', 'disconnect', failure.detail);
    this.#owner.finished(exchange);
  }

  #leave({ id }: Stream): void {
    this.#streams.delete(id);
    if (this.wire.isClosed) return;
    this.wire.socket.write(frame('reset', id));
    this.#owner.freed(this, Number.POSITIVE_INFINITY);
  }

  #streamOf(exchange: Exchange): Stream {
    return [...this.#streams.values()].find((stream) => stream.exchange === exchange)!;
  }
}

function resetError(): Error {
  return Object.assign(new Error('the exchange was reset'), { code: 'ECONNRESET' });
}
