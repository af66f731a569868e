// A server of HTTP/2 whose answers are written as text of HTTP/1.1, so that tests of fetching read the same for both.

import { once } from 'node:events';
import {
  createServer,
  type Http2Session,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Duplex, Writable } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';
import type { Answer, RawServer } from './raw-server.ts';

/** The server's side of one stream. */
export class Http2Peer extends Writable {
  readonly stream: ServerHttp2Stream;
  readonly #socket: TLSSocket | undefined;
  #head = '';
  #isBegun = false;
  /** Bytes of the body that are still to come; -1 if it ends with the stream. */
  #left = -1;

  constructor(stream: ServerHttp2Stream, socket?: TLSSocket) {
    super({ decodeStrings: true });
    this.stream = stream;
    this.#socket = socket;
    this.on('error', () => undefined);
    stream.on('error', () => undefined);
    stream.on('close', () => this.destroy());
  }

  /** Ends it with a code of RFC 9113, section 7. */
  reset(code: number): void {
    this.stream.close(code);
  }

  /** Sends frames as they stand, past the session. */
  raw(frames: Uint8Array): void {
    this.#socket?.write(frames);
  }

  resetAndDestroy(): void {
    this.reset(2);
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    if (this.stream.destroyed) done();
    else if (this.#isBegun) this.#body(bytes, done);
    else {
      this.#head += bytes.toString('latin1');
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) done();
      else this.#begin(this.#head.slice(0, end), Buffer.from(this.#head.slice(end + 4), 'latin1'), done);
    }
  }

  override _final(done: () => void): void {
    this.stream.end(done);
  }

  #begin(head: string, rest: Buffer, done: () => void): void {
    const [first, ...lines] = head.split('\r\n');
    const fields = lines.map((line) => line.split(/:[ \t]*/, 2) as [string, string]);
    const length = fields.find(([name]) => name.toLowerCase() === 'content-length');
    if (length !== undefined) this.#left = Number(length[1]);
    this.#isBegun = true;
    const status = Number(first!.split(' ')[1]);
    this.stream.respond([':status', `${status}`, ...fields.flat()] as never);
    this.#body(rest, done);
  }

  #body(bytes: Buffer, done: () => void): void {
    const isLast = this.#left >= 0 && bytes.length >= this.#left;
    if (this.#left >= 0) this.#left -= bytes.length;
    if (isLast) this.stream.end(bytes, done);
    else this.stream.write(bytes, done);
  }
}

export interface Http2Server extends RawServer {
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  /** Ends every connection with everything on it. */
  hangUp(): void;
}

export async function http2Server(
  certificate: Certificate,
  answer: Answer,
  settings: Settings = {},
): Promise<Http2Server> {
  const requests: { head: string; connection: number }[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Http2Peer>();
  const numbers = new Map<ServerHttp2Session, number>();
  const connected = new Map<Http2Session | undefined, TLSSocket>();
  const server = createServer({ settings });
  // The session has a stream before the socket, so that frames can be written past it.
  const secure = createTlsServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
    const between = new Duplex({
      read: () => undefined,
      write: (bytes, _, done) => void socket.write(bytes, () => done()),
    });
    socket.on('data', (bytes: Buffer) => between.push(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => between.destroy());
    between.on('error', () => undefined);
    between.on('close', () => socket.destroy());
    server.once('session', (session) => connected.set(session, socket));
    server.emit('connection', between);
  });
  server.on('session', (session) => {
    sessions.add(session);
    numbers.set(session, numbers.size + 1);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream: ServerHttp2Stream, fields) => {
    const peer = new Http2Peer(stream, connected.get(stream.session));
    sockets.add(peer);
    peer.on('close', () => sockets.delete(peer));
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${fields[':method']} ${fields[':path']} HTTP/2\r\n${lines.join('')}\r\n`;
    const connection = numbers.get(stream.session as ServerHttp2Session)!;
    requests.push({ head, connection });
    const text = answer(peer, head, requests.length, connection);
    if (text !== null) peer.write(text, 'latin1');
  });
  server.on('sessionError', () => undefined);
  secure.on('tlsClientError', () => undefined);
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const { port } = secure.address() as AddressInfo;
  const hangUp = (): void => {
    for (const socket of connected.values()) socket.destroy();
  };
  return {
    ...{ port, url: `https://127.0.0.1:${port}/`, requests, sockets, sessions, hangUp },
    get connections() {
      return numbers.size;
    },
    async [Symbol.asyncDispose]() {
      hangUp();
      secure.close();
      await once(secure, 'close');
    },
  };
}
