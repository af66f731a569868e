// Stage three: still one thread and one event loop, but a download is a function again. A generator can stop in the
// middle and go on there later, with all its variables. What it waits for is a Future; a Task takes the next step once
// that is settled.
//   node examples/stages/3-generators.ts [-c CONNECTIONS] [-v] [--stacks] ROOT...

import type { Socket } from 'node:net';
import { readCommand, Tally } from './command.ts';
import { type Response, ResponseReader, requestFor } from './http.ts';
import { dial, Pool, Site, type Visit } from './site.ts';

/** A function that can wait: it yields what it waits for. */
type Coroutine<T> = Generator<Future<unknown>, T, void>;

/** A value that will come later. */
class Future<T> {
  #outcome: (() => T) | null = null;
  #callback: () => void = () => {};

  resolve(value: T): void {
    this.#settle(() => value);
  }

  reject(error: unknown): void {
    this.#settle(() => {
      throw error;
    });
  }

  onSettled(callback: () => void): void {
    if (this.#outcome === null) this.#callback = callback;
    else callback();
  }

  #settle(outcome: () => T): void {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    this.#callback();
  }

  /** `yield* future` hands the future to the task, and returns its value or throws its error. */
  *[Symbol.iterator](): Coroutine<T> {
    yield this;
    return this.#outcome!();
  }
}

/** Drives a coroutine from one future to the next. */
class Task {
  readonly #coroutine: Coroutine<void>;

  constructor(coroutine: Coroutine<void>) {
    this.#coroutine = coroutine;
    this.#step();
  }

  #step(): void {
    const { value: future, done } = this.#coroutine.next();
    if (done !== true) future.onSettled(() => this.#step());
  }
}

const command = readCommand();
const tally = new Tally(command);
const site = new Site(command.roots);
const pool = new Pool();
const waiting = [...site.roots];
let running = 0;

function* fetch(visit: Visit): Coroutine<void> {
  try {
    const response = yield* ask(new URL(visit.url));
    for (const found of site.found(visit, response)) waiting.push(found);
    tally.ended(visit.url, response);
  } catch (error) {
    tally.failed(visit.url, error);
  }
  running -= 1;
  next();
}

function* ask(url: URL): Coroutine<Response> {
  const socket = pool.take(url) ?? (yield* open(url));
  try {
    socket.write(requestFor(url));
    const response = yield* readAll(socket);
    if (response.isKept) pool.keep(url, socket);
    else socket.destroy();
    return response;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function* open(url: URL): Coroutine<Socket> {
  const socket = dial(url);
  yield* event(socket, 'connect');
  return socket;
}

function* readAll(socket: Socket): Coroutine<Response> {
  const reader = new ResponseReader();
  for (;;) {
    const bytes = yield* read(socket);
    const response = bytes === null ? reader.end() : reader.push(bytes);
    if (response !== null) return response;
  }
}

/** What the server sends next; null if it has ended. */
function* read(socket: Socket): Coroutine<Buffer | null> {
  socket.resume();
  const bytes = yield* event(socket, 'data');
  // Until the next call what comes must wait.
  socket.pause();
  return bytes;
}

/** Waits for an event of the socket; its end is null, and whatever else can happen is an error. */
function* event(socket: Socket, name: 'connect' | 'data'): Coroutine<Buffer | null> {
  const future = new Future<Buffer | null>();
  const callbacks = {
    [name]: (bytes: Buffer) => future.resolve(bytes),
    end: () => future.resolve(null),
    error: (error: Error) => future.reject(error),
    timeout: () => future.reject(new Error('silent')),
  };
  for (const [event, callback] of Object.entries(callbacks)) socket.on(event, callback);
  try {
    return yield* future;
  } finally {
    for (const [event, callback] of Object.entries(callbacks)) socket.off(event, callback);
  }
}

/** Starts as many tasks as there is room for. When none runs and none is left, the crawl is over. */
function next(): void {
  while (running < command.connections && waiting.length > 0) {
    running += 1;
    tally.started();
    new Task(fetch(waiting.pop()!));
  }
  if (running > 0) return;
  pool.close();
  tally.print();
}

next();
