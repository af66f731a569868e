// HTTP/2 on a wire (RFC 9113): one session that carries many exchanges. Node's session reads and writes the frames and
// owns the socket's bytes; this part owns what becomes of each exchange. What ends one stream leaves the others alone.

import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import {
  HTTP2_CONNECTION_WINDOW_BYTES,
  HTTP2_FIELDS_BYTES_MAX,
  HTTP2_FIELDS_MAX,
  HTTP2_RESETS_MAX,
  HTTP2_STREAM_WINDOW_BYTES,
  HTTP2_STREAMS_AT_ONCE_MAX,
  INTERIM_RESPONSES_MAX,
} from '../../base/limits.ts';
import { onDemand } from '../../base/on-demand.ts';
import type { Connection, ConnectionOwner, Protocol, ProtocolParts } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import type { RequestTail } from '../http1/request-head.ts';
import type { Wire } from '../net/wire.ts';
import { Pieces } from '../read-turns.ts';
import { hasEnd, watched } from './ends.ts';
import { ERROR, failureOfSession, failureOfStream } from './failure.ts';
import { authorityOf, fieldsOf, withoutConnection } from './request-fields.ts';
import { Http2Response } from './response.ts';
import { forgetStreams, learnStreams, refusedOf } from './streams-taken.ts';

const http2 = onDemand<typeof import('node:http2')>('node:http2');

export function createHttp2(parts: ProtocolParts): Protocol {
  const protocol: Protocol = {
    ...{ version: 'h2', isSole: true },
    speak: (wire, owner) => new Http2Connection(protocol, parts, wire, owner),
  };
  return protocol;
}

interface Stream {
  /** Null once it has left. Node's tables keep streams longer than they last, and with them what they lead to. */
  exchange: Exchange | null;
  readonly own: ClientHttp2Stream;
  response: Http2Response | null;
  interim: number;
}

class Http2Connection implements Connection {
  readonly protocol: Protocol;
  readonly wire: Wire;
  isPooled = false;
  readonly #parts: ProtocolParts;
  readonly #owner: ConnectionOwner;
  readonly #session: ClientHttp2Session;
  readonly #streams = new Map<Exchange, Stream>();
  /** Streams that the server allows at once. More than one would be a guess before its first settings came. */
  #allowed = 1;
  /** Streams at which it refused another one. */
  #refusedAt = HTTP2_STREAMS_AT_ONCE_MAX;
  #sent = 0;
  #resets = 0;
  #isWithdrawn = false;
  /** The last stream that the server may have processed, once it has said so. */
  #lastTaken = Number.POSITIVE_INFINITY;
  /** When the server last said anything, in wheel time. */
  #heardMs: number;
  readonly #pieces: Pieces;
  #error: Error | null = null;
  /** The last request's text after its path, what HTTP/2 sends of it, and the fields that it makes. */
  #tail = '';
  #ownTail = '';
  #fields: readonly string[] = [];

  constructor(protocol: Protocol, parts: ProtocolParts, wire: Wire, owner: ConnectionOwner) {
    this.protocol = protocol;
    this.#parts = parts;
    this.wire = wire;
    this.#owner = owner;
    this.#heardMs = wire.nowMs;
    this.#pieces = new Pieces(wire.socket, parts.readTurns);
    this.#session = http2().connect(wire.origin.key, {
      createConnection: () => wire.socket,
      maxHeaderListPairs: HTTP2_FIELDS_MAX,
      settings: {
        enablePush: false,
        initialWindowSize: HTTP2_STREAM_WINDOW_BYTES,
        maxHeaderListSize: HTTP2_FIELDS_BYTES_MAX,
      },
    });
    this.#listen();
  }

  get room(): number {
    return this.#isWithdrawn || this.wire.isClosed
      ? 0
      : Math.max(0, Math.min(this.#allowed, this.#refusedAt) - this.#streams.size);
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  write(exchange: Exchange): void {
    const { request, origin, path } = exchange;
    exchange.tailOf = this.#tailOf;
    this.#tailOf(request, origin);
    const own = watched(this.#session.request([':method', request.method, ':path', path, ...this.#fields]));
    const stream: Stream = { exchange, own, response: null, interim: 0 };
    this.#streams.set(exchange, stream);
    this.#follow(stream);
    this.#sent += 1;
    if (this.#sent >= this.wire.origin.streamsMax) this.#withdraw();
  }

  /** Nearly all requests of a connection have the same fields. */
  readonly #tailOf: RequestTail = (request, origin) => {
    const tail = this.#parts.requestTail(request, origin);
    if (tail !== this.#tail) {
      this.#tail = tail;
      this.#ownTail = withoutConnection(tail);
      this.#fields = [':scheme', 'https', ':authority', authorityOf(tail), ...fieldsOf(this.#ownTail)];
    }
    return this.#ownTail;
  };

  abandon(exchange: Exchange): void {
    const stream = this.#streams.get(exchange);
    if (stream === undefined) return;
    this.#reset(stream, exchange);
    this.#freed();
  }

  pause(exchange: Exchange): void {
    this.#streams.get(exchange)?.own.pause();
  }

  resume(exchange: Exchange): void {
    this.#streams.get(exchange)?.own.resume();
  }

  /** Node's session takes the bytes itself. */
  read(): void {}

  /** The streams are told by Node, each in its turn after what came for it. */
  lost(error: Error | null): void {
    this.#error ??= error;
    this.#withdraw();
  }

  // --- the session
  // -----------------------------------------------------------------------------------------------------

  #listen(): void {
    const session = this.#session;
    session.on('connect', () => session.destroyed || session.setLocalWindowSize(HTTP2_CONNECTION_WINDOW_BYTES));
    session.on('remoteSettings', ({ maxConcurrentStreams = HTTP2_STREAMS_AT_ONCE_MAX }) => {
      this.#heard();
      this.#allowed = maxConcurrentStreams;
      if (maxConcurrentStreams === 0) this.#withdraw();
      if (this.room > 0) this.#owner.freed(this, Number.POSITIVE_INFINITY);
    });
    session.on('goaway', (code, lastStream) => {
      this.#lastTaken = learnStreams(this.wire.origin, Math.min(this.#lastTaken, lastStream), this.#sent);
      this.#withdraw();
      if (code === 0 && this.isIdle) this.wire.close();
    });
    session.on('error', (error) => this.lost(error));
    session.on('close', () => this.wire.lost(null));
  }

  #heard(): void {
    this.#heardMs = this.wire.nowMs;
    this.#pieces.came();
  }

  /** It takes nothing more; what is on it may end. */
  #withdraw(): void {
    if (this.#isWithdrawn) return;
    this.#isWithdrawn = true;
    this.#owner.withdrawn(this);
  }

  /** After an exchange has left. */
  #freed(): void {
    if (this.wire.isClosed) return;
    if (!this.#isWithdrawn) return this.#owner.freed(this, Number.POSITIVE_INFINITY);
    if (!this.isIdle) return;
    forgetStreams(this.wire.origin, this.#lastTaken, this.#sent);
    this.wire.close();
  }

  // --- its streams
  // -----------------------------------------------------------------------------------------------------

  #follow(stream: Stream): void {
    const { own } = stream;
    own.on('headers', () => stream.exchange && this.#interim(stream, stream.exchange));
    own.on('response', (fields, _flags, raw: readonly string[]) => {
      if (stream.exchange) this.#begin(stream, stream.exchange, fields[':status']!, raw);
    });
    own.on('end', () => stream.exchange && this.#end(stream, stream.exchange));
    own.on('error', (error) => {
      if (this.#session.destroyed) this.#error ??= error;
    });
    own.on('close', () => stream.exchange && this.#broke(stream, stream.exchange));
  }

  #interim(stream: Stream, exchange: Exchange): void {
    this.#heard();
    stream.interim += 1;
    if (stream.interim <= INTERIM_RESPONSES_MAX) return;
    const fault = 'no HTTP response: interim responses without end';
    this.#responseOf(stream, exchange, 0).cut(null, 'http-malformed', fault);
    this.#finish(stream, exchange);
  }

  #begin(stream: Stream, exchange: Exchange, status: number, raw: readonly string[]): void {
    const bytes = raw.reduce((sum, word) => sum + word.length, 0);
    if (this.#responseOf(stream, exchange, bytes).begin(status, raw)) {
      this.#owner.grew(exchange);
      stream.own.on('data', (piece: Buffer) => stream.exchange && this.#take(stream, stream.exchange, piece));
    } else this.#finish(stream, exchange);
    this.#owner.took(bytes, exchange);
  }

  #responseOf(stream: Stream, exchange: Exchange, bytes: number): Http2Response {
    this.#heard();
    exchange.arrived(bytes);
    const { memory, bodyBytesMax } = this.#parts;
    const { method, spool = null, bodyBytesMax: bytesMax = bodyBytesMax } = exchange.request;
    stream.response = new Http2Response({ memory, bytesMax, isHead: method === 'HEAD', spool });
    exchange.response = stream.response;
    return stream.response;
  }

  #take(stream: Stream, exchange: Exchange, piece: Buffer): void {
    this.#heard();
    exchange.arrived(piece.length);
    if (stream.response!.take(piece)) this.#owner.grew(exchange);
    else this.#finish(stream, exchange);
    this.#owner.took(piece.length, exchange);
  }

  /** The server has ended it, or reset it without saying that anything is wrong. */
  #end(stream: Stream, exchange: Exchange): void {
    const { own, response } = stream;
    if (own.rstCode !== ERROR.none || response === null) return;
    this.#leave(stream, exchange);
    response.ended(hasEnd(own));
    this.#owner.finished(exchange);
    this.#freed();
  }

  /** It was closed before its end, or with its session. */
  #broke(stream: Stream, exchange: Exchange): void {
    const { own, response } = stream;
    this.#leave(stream, exchange);
    const isOfSession = this.#session.destroyed || this.#session.closed || this.wire.isClosed;
    if (isOfSession) this.#withdraw();
    // What came for the only stream there ever was came for its fields.
    const fieldBytes = this.#sent === 1 ? this.wire.socket.bytesRead : 0;
    const failure = isOfSession ? failureOfSession(this.#error) : failureOfStream(own.rstCode, fieldBytes);
    if (response !== null) {
      response.cut('disconnect', 'disconnect', failure.detail);
      this.#owner.finished(exchange);
    } else if (own.rstCode === ERROR.http11Required) {
      this.wire.origin.isSole = false;
      this.#withdraw();
      this.#owner.unprocessed(exchange, failure, 'connection');
    } else if (own.rstCode === ERROR.refusedStream || own.id === undefined || own.id > this.#lastTaken) {
      // It had too much to do: it gets no more than it has now.
      this.#refusedAt = Math.max(1, Math.min(this.#refusedAt, this.#streams.size));
      this.#owner.unprocessed(exchange, failure, refusedOf(this.#lastTaken, own.id, isOfSession));
    } else {
      // What shares a connection cannot know which of them ended it.
      if (isOfSession && this.#sent > 1) exchange.mayReplay ||= !exchange.wasReplayed;
      this.#owner.unanswered(exchange, failure, !isOfSession || failure.code !== 'reset');
    }
    this.#freed();
  }

  #finish(stream: Stream, exchange: Exchange): void {
    this.#reset(stream, exchange);
    this.#owner.finished(exchange);
    this.#freed();
  }

  /** Some servers tire of clients that reset many streams, and a session that says nothing at all is dead. */
  #reset(stream: Stream, exchange: Exchange): void {
    this.#leave(stream, exchange);
    stream.own.close(ERROR.cancel);
    this.#resets += 1;
    const silentMs = this.wire.nowMs - this.#heardMs;
    if (this.#resets >= HTTP2_RESETS_MAX || silentMs >= exchange.owner.timeoutMs) this.#withdraw();
  }

  #leave(stream: Stream, exchange: Exchange): void {
    this.#streams.delete(exchange);
    stream.exchange = null;
    stream.response = null;
  }
}
