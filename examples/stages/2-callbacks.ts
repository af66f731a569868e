// Stage two: one thread, one event loop, callbacks. Each download is an object that keeps by hand what a thread keeps
// on its stack: which URL it is about, which connection, what has been read. The loop calls it back when it is
// connected, when there is something to read, when the server has ended.
//   node examples/stages/2-callbacks.ts [-c CONNECTIONS] [-v] [--stacks] ROOT...

import type { Socket } from 'node:net';
import { readCommand, Tally } from './command.ts';
import { type Response, ResponseReader, requestFor } from './http.ts';
import { dial, Pool, Site, type Visit } from './site.ts';

const command = readCommand();
const tally = new Tally(command);
const site = new Site(command.roots);
const pool = new Pool();
const waiting = [...site.roots];
let running = 0;

class Fetcher {
  readonly #visit: Visit;
  readonly #url: URL;
  readonly #reader = new ResponseReader();
  readonly #callbacks = {
    connect: () => this.#connected(),
    data: (bytes: Buffer) => this.#readable(bytes),
    end: () => this.#ended(),
    error: (error: Error) => this.#failed(error),
    timeout: () => this.#failed(new Error('silent')),
  };
  #socket!: Socket;

  constructor(visit: Visit) {
    this.#visit = visit;
    this.#url = new URL(visit.url);
  }

  fetch(): void {
    const kept = pool.take(this.#url);
    this.#socket = kept ?? dial(this.#url);
    for (const [event, callback] of Object.entries(this.#callbacks)) this.#socket.on(event, callback);
    // If it is not connected yet, the loop will call when it is.
    if (kept !== undefined) this.#connected();
  }

  #connected(): void {
    this.#socket.write(requestFor(this.#url));
  }

  #readable(bytes: Buffer): void {
    try {
      const response = this.#reader.push(bytes);
      if (response !== null) this.#done(response);
    } catch (error) {
      this.#failed(error);
    }
  }

  #ended(): void {
    try {
      this.#done(this.#reader.end());
    } catch (error) {
      this.#failed(error);
    }
  }

  #done(response: Response): void {
    for (const visit of site.found(this.#visit, response)) waiting.push(visit);
    tally.ended(this.#visit.url, response);
    this.#leave(response.isKept);
  }

  #failed(error: unknown): void {
    tally.failed(this.#visit.url, error);
    this.#leave(false);
  }

  #leave(isKept: boolean): void {
    for (const [event, callback] of Object.entries(this.#callbacks)) this.#socket.off(event, callback);
    if (isKept) pool.keep(this.#url, this.#socket);
    else this.#socket.destroy();
    running -= 1;
    next();
  }
}

/** Starts as many downloads as there is room for. When none runs and none is left, the crawl is over. */
function next(): void {
  while (running < command.connections && waiting.length > 0) {
    const visit = waiting.pop()!;
    running += 1;
    tally.started();
    new Fetcher(visit).fetch();
  }
  if (running > 0) return;
  pool.close();
  tally.print();
}

next();
