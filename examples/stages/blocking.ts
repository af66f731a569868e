// What an operating system does for threads that block. Node has no call that blocks on a socket, so for stage one the
// main thread plays the system: a thread posts what it wants, sleeps in `Atomics.wait`, and finds the answer when it is
// woken.

import type { Socket } from 'node:net';
import { type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { dial } from './site.ts';

/** What can be asked, by name. */
export type Calls = Readonly<Record<string, (...words: never[]) => unknown>>;

/** The thread's side: nothing of the thread goes on until the answer is there. */
export function blockingCalls(port: MessagePort, bell: Int32Array): (name: string, ...words: unknown[]) => unknown {
  return (name, ...words) => {
    Atomics.store(bell, 0, 0);
    port.postMessage({ name, words });
    Atomics.wait(bell, 0, 0);
    const { value, code } = receiveMessageOnPort(port)!.message as { value?: unknown; code?: string };
    if (code !== undefined) throw new Error(code);
    return value;
  };
}

/** Starts a thread that runs `file`, and answers its calls. */
export function startThread(file: URL, calls: Calls): void {
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(file, { workerData: bell });
  thread.on('error', (error: Error) => {
    console.error(`a thread could not be had: ${error.message}`);
    process.exit(1);
  });
  thread.on('message', async ({ name, words }: { name: string; words: never[] }) => {
    thread.postMessage(await answerOf(() => calls[name]!(...words)));
    Atomics.store(bell, 0, 1);
    Atomics.notify(bell, 0);
  });
}

async function answerOf(call: () => unknown): Promise<{ value: unknown } | { code: string }> {
  try {
    return { value: await call() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { code: code ?? message };
  }
}

/** The sockets of one thread, which knows them by number. */
export function socketCalls(): Calls {
  const connections: Connection[] = [];
  return {
    connect: async (url: string): Promise<number> => {
      const connection = new Connection(dial(new URL(url)));
      await connection.connected;
      return connections.push(connection) - 1;
    },
    isOpen: (number: number): boolean => connections[number]!.isOpen,
    send: (number: number, text: string): void => void connections[number]!.socket.write(text),
    receive: (number: number): Promise<Buffer | null> => connections[number]!.receive(),
    close: (number: number): void => void connections[number]!.socket.destroy(),
  };
}

/** What has come over a socket and was not received yet: pieces, and at last its end or its error. */
class Connection {
  readonly socket: Socket;
  readonly connected: Promise<void>;
  readonly #arrived: (Buffer | null | Error)[] = [];
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.socket = socket;
    this.connected = promise;
    const take = (piece: Buffer | null | Error): void => {
      this.#arrived.push(piece);
      this.#wake();
    };
    socket.on('connect', resolve).on('data', take);
    socket.on('end', () => take(null));
    socket.on('timeout', () => socket.destroy(new Error('silent')));
    socket.on('error', (error) => {
      reject(error);
      take(error);
    });
  }

  get isOpen(): boolean {
    return this.#arrived.length === 0 && !this.socket.destroyed;
  }

  async receive(): Promise<Buffer | null> {
    while (this.#arrived.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    const piece = this.#arrived.shift()!;
    if (piece instanceof Error) throw piece;
    return piece;
  }
}
