// Stage four: the language has coroutines of its own, so Future and Task are gone: a promise is the one, an async
// function the other. As many workers as there may be downloads at once take URLs from a queue, and put back what they
// find. The queue knows when the crawl is over: when all that was ever put into it is done.
//   node examples/stages/4-async-queue.ts [-c CONNECTIONS] [-v] [--stacks] ROOT...

import type { Socket } from 'node:net';
import { readCommand, Tally } from './command.ts';
import { linksOf, type Response, ResponseReader, requestFor } from './http.ts';
import { dial, Pool, Site, type Visit } from './site.ts';

/** Of one URL, the first included. */
const TRIES_MAX = 4;

class AsyncQueue<T> {
  readonly #items: T[] = [];
  readonly #getters: ((item: T) => void)[] = [];
  readonly #joined = Promise.withResolvers<void>();
  #unfinished = 0;

  put(item: T): void {
    this.#unfinished += 1;
    const getter = this.#getters.pop();
    if (getter === undefined) this.#items.push(item);
    else getter(item);
  }

  async get(): Promise<T> {
    return this.#items.pop() ?? new Promise((resolve) => this.#getters.push(resolve));
  }

  /** To be said once for each item that was had, after all that it led to has been put. */
  taskDone(): void {
    this.#unfinished -= 1;
    if (this.#unfinished === 0) this.#joined.resolve();
  }

  join(): Promise<void> {
    return this.#joined.promise;
  }
}

const command = readCommand();
const tally = new Tally(command);
const site = new Site(command.roots);
const pool = new Pool();
const queue = new AsyncQueue<Visit>();
/** What became of all URLs together; `-v` has a line for each. */
const sum = { bytes: 0, links: 0, newUrls: 0, triesAgain: 0 };

async function crawl(): Promise<void> {
  for (const visit of site.roots) queue.put(visit);
  for (let worker = 0; worker < command.connections; worker += 1) work();
  await queue.join();
  // The workers wait for what will never come: nothing holds them, and they are gone with the program.
  pool.close();
  tally.print(sum);
}

async function work(): Promise<never> {
  for (;;) {
    const visit = await queue.get();
    tally.started();
    await fetch(visit);
    queue.taskDone();
  }
}

async function fetch(visit: Visit): Promise<void> {
  try {
    const response = await tryToAsk(new URL(visit.url));
    const links = linksOf(visit.url, response).length;
    const found = site.found(visit, response);
    for (const each of found) queue.put(each);
    sum.bytes += response.body.length;
    sum.links += links;
    sum.newUrls += found.length;
    tally.ended(visit.url, response, `  ${response.body.length} bytes, ${links} links, ${found.length} new`);
  } catch (error) {
    tally.failed(visit.url, error);
  }
}

/** A connection that failed is tried again; an answer is an answer, whatever it says. */
async function tryToAsk(url: URL): Promise<Response> {
  for (let tries = 1; tries < TRIES_MAX; tries += 1) {
    try {
      return await ask(url);
    } catch {
      sum.triesAgain += 1;
    }
  }
  return await ask(url);
}

async function ask(url: URL): Promise<Response> {
  const socket = pool.take(url) ?? (await open(url));
  try {
    socket.write(requestFor(url));
    const response = await readAll(socket);
    if (response.isKept) pool.keep(url, socket);
    else socket.destroy();
    return response;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function open(url: URL): Promise<Socket> {
  const socket = dial(url);
  await event(socket, 'connect');
  return socket;
}

async function readAll(socket: Socket): Promise<Response> {
  const reader = new ResponseReader();
  for (;;) {
    socket.resume();
    const bytes = await event(socket, 'data');
    const response = bytes === null ? reader.end() : reader.push(bytes);
    if (response !== null) return response;
  }
}

/** Waits for an event of the socket; its end is null, and whatever else can happen is an error. */
async function event(socket: Socket, name: 'connect' | 'data'): Promise<Buffer | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | null>();
  const callbacks = {
    [name]: (bytes: Buffer) => {
      // What comes before the next call must wait.
      socket.pause();
      resolve(bytes);
    },
    end: () => resolve(null),
    error: reject,
    timeout: () => reject(new Error('silent')),
  };
  for (const [event, callback] of Object.entries(callbacks)) socket.on(event, callback);
  try {
    return await promise;
  } finally {
    for (const [event, callback] of Object.entries(callbacks)) socket.off(event, callback);
  }
}

await crawl();
