// A server that sends exact frames of HTTP/2 (RFC 9113), right or wrong. It does not read the fields of requests: it
// knows streams by their order.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;
export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;

const FRAME_HEAD_BYTES = 9;
const FRAME_BYTES_MAX = 16_384;
const PREFACE_BYTES = 24;
/** `:status 200` in the static table. */
export const OK = Buffer.from([0x88]);

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
}

export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** A field as it stands, which leaves the table as it is (RFC 7541, section 6.2.2). */
export function field(name: string, value: string): Buffer {
  const text = (word: string): Buffer => Buffer.concat([integer(word.length, 7), Buffer.from(word, 'latin1')]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

function integer(value: number, bits: number): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.from([value]);
  const bytes = [most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** A block of fields, in as many frames as it takes. */
export function head(stream: number, block: Uint8Array, isLast = false): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += FRAME_BYTES_MAX) {
    const flags = (at + FRAME_BYTES_MAX >= block.length ? END_HEADERS : 0) | (at === 0 && isLast ? END_STREAM : 0);
    frames.push(frame(at === 0 ? HEADERS : CONTINUATION, flags, stream, block.subarray(at, at + FRAME_BYTES_MAX)));
  }
  return Buffer.concat(frames);
}

/** A whole answer of 200. */
export function answer(stream: number, body: string): Buffer {
  return Buffer.concat([head(stream, OK), frame(DATA, END_STREAM, stream, Buffer.from(body))]);
}

/** What the server sees of one connection. */
export interface FramesPeer {
  readonly socket: TLSSocket;
  /** Counted from 1. */
  readonly connection: number;
  /** Streams that the client has reset, with the code. */
  readonly resets: Map<number, number>;
}

export interface FramesServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** For each connection, the streams that were opened on it. */
  readonly opened: readonly number[];
}

/** Calls `asked` for each request; `greeting` is sent when a connection is made. */
export async function framesServer(
  certificate: Certificate,
  asked: (peer: FramesPeer, stream: number) => void,
  greeting: Buffer = frame(SETTINGS, 0, 0),
): Promise<FramesServer> {
  const opened: number[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
    sockets.add(socket);
    opened.push(0);
    const peer: FramesPeer = { socket, connection: opened.length, resets: new Map() };
    let pending: Buffer = Buffer.alloc(0);
    let isGreeted = false;
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      pending = Buffer.concat([pending, bytes]);
      if (!isGreeted && pending.length >= PREFACE_BYTES) {
        isGreeted = true;
        pending = pending.subarray(PREFACE_BYTES);
        socket.write(greeting);
      }
      while (isGreeted && pending.length >= FRAME_HEAD_BYTES) {
        const end = FRAME_HEAD_BYTES + pending.readUIntBE(0, 3);
        if (pending.length < end) return;
        const [type, flags, stream] = [pending.readUInt8(3), pending.readUInt8(4), pending.readUInt32BE(5)];
        if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0));
        if (type === RST_STREAM) peer.resets.set(stream, pending.readUInt32BE(FRAME_HEAD_BYTES));
        pending = pending.subarray(end);
        if (type !== HEADERS) continue;
        opened[peer.connection - 1]! += 1;
        asked(peer, stream);
      }
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, url: `https://127.0.0.1:${port}/`, opened },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
