// The server's side of the multiplexing protocol in multiplex.ts.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { Frames, frame, WINDOW_BYTES } from './multiplex.ts';
import type { Answer, RawServer } from './raw-server.ts';

/** The server's side of one exchange. */
class ServedStream extends Writable {
  readonly #socket: Socket;
  readonly #id: number;
  #creditBytes = WINDOW_BYTES;
  #waiting: { bytes: Buffer; readonly done: () => void } | null = null;
  #isOver = false;

  constructor(socket: Socket, id: number) {
    super({ decodeStrings: true });
    this.#socket = socket;
    this.#id = id;
    this.on('error', () => undefined);
  }

  /** The client has room for more. */
  credit(bytes: number): void {
    this.#creditBytes += bytes;
    this.#pour();
  }

  /** The client wants no more. */
  left(): void {
    this.#isOver = true;
    this.destroy();
  }

  resetAndDestroy(): void {
    this.destroy();
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#waiting = { bytes, done };
    this.#pour();
  }

  override _final(done: () => void): void {
    this.#isOver = true;
    this.#socket.write(frame('end', this.#id));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#isOver) this.#socket.write(frame('reset', this.#id));
    this.#isOver = true;
    done(error);
  }

  #pour(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    const piece = waiting.bytes.subarray(0, this.#creditBytes);
    if (piece.length > 0) this.#socket.write(frame('data', this.#id, piece));
    this.#creditBytes -= piece.length;
    waiting.bytes = waiting.bytes.subarray(piece.length);
    if (waiting.bytes.length > 0) return;
    this.#waiting = null;
    waiting.done();
  }
}

export interface MultiplexServer extends RawServer {
  /** Ends every connection with everything on it. */
  hangUp(): void;
}

/** `rawServer` for the multiplexing protocol: each exchange appears as a socket. */
export async function multiplexServer(answer: Answer, host = '127.0.0.1'): Promise<MultiplexServer> {
  const requests: { head: string; connection: number }[] = [];
  const open = new Set<Socket>();
  const sockets = new Set<ServedStream>();
  let connections = 0;

  function request(socket: Socket, id: number, head: string, connection: number): ServedStream {
    const stream = new ServedStream(socket, id);
    sockets.add(stream);
    stream.on('close', () => sockets.delete(stream));
    requests.push({ head, connection });
    const text = answer(stream, head, requests.length, connection);
    if (text !== null) stream.write(text, 'latin1');
    return stream;
  }

  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    const connection = connections;
    const frames = new Frames();
    const streams = new Map<number, ServedStream>();
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      for (const stream of streams.values()) stream.left();
    });
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      for (const { kind, id, payload } of frames.of(bytes)) {
        if (kind === 'request') streams.set(id, request(socket, id, payload.toString('latin1'), connection));
        else if (kind === 'credit') streams.get(id)?.credit(payload.readUInt32BE());
        else streams.get(id)?.left();
      }
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hangUp = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    url: `http://${host}:${port}/`,
    requests,
    sockets,
    get connections() {
      return connections;
    },
    hangUp,
    async [Symbol.asyncDispose]() {
      hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}
