// Stage one: the traditional way. As many threads as there may be downloads at once, each busy with one of them from
// its beginning to its end, and blocked while it waits for the server. What they share stands in the main thread, which
// one at a time may look at.
//   node examples/stages/1-threads.ts [-c THREADS] [-v] [--stacks] ROOT...

import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { blockingCalls, socketCalls, startThread } from './blocking.ts';
import { readCommand, Tally } from './command.ts';
import { type Response, ResponseReader, requestFor } from './http.ts';
import { Site, type Visit } from './site.ts';

/** The result of a visit. */
type Result = { readonly visit: Visit } & ({ readonly response: Response } | { readonly error: unknown });

if (isMainThread) crawl();
else work(blockingCalls(parentPort!, workerData as Int32Array));

/** A thread. Each call blocks it. */
function work(call: ReturnType<typeof blockingCalls>): void {
  /** The thread's own connections, by origin, kept open between visits. */
  const pool = new Map<string, number>();
  for (let visit = call('next', null); visit !== null; ) visit = call('next', attempt(visit as Visit));
  for (const connection of pool.values()) call('close', connection);

  function attempt(visit: Visit): Result {
    try {
      return { visit, response: ask(new URL(visit.url)) };
    } catch (error) {
      return { visit, error };
    }
  }

  function ask(url: URL): Response {
    const connection = take(url) ?? (call('connect', url.href) as number);
    try {
      call('send', connection, requestFor(url));
      const response = readAll(connection);
      if (response.isKept) pool.set(url.origin, connection);
      else call('close', connection);
      return response;
    } catch (error) {
      call('close', connection);
      throw error;
    }
  }

  function take({ origin }: URL): number | null {
    const connection = pool.get(origin);
    pool.delete(origin);
    return connection !== undefined && call('isOpen', connection) === true ? connection : null;
  }

  function readAll(connection: number): Response {
    const reader = new ResponseReader();
    for (;;) {
      const bytes = call('receive', connection) as Uint8Array | null;
      const response = bytes === null ? reader.end() : reader.push(Buffer.from(bytes));
      if (response !== null) return response;
    }
  }
}

/** The main thread: starts the other threads and gives them their visits. */
function crawl(): void {
  const command = readCommand();
  const tally = new Tally(command);
  const site = new Site(command.roots);
  const waiting = [...site.roots];
  const idle: ((visit: Visit | null) => void)[] = [];

  for (let thread = 0; thread < command.connections; thread += 1) {
    startThread(new URL(import.meta.url), { ...socketCalls(), next });
  }

  /**
   * Takes what the last visit gave; answers with the next one, or with null when every thread waits for one and none is
   * left.
   */
  function next(result: Result | null): Promise<Visit | null> {
    if (result !== null) settle(result);
    return new Promise((resolve) => {
      idle.push(resolve);
      while (idle.length > 0 && waiting.length > 0) {
        tally.started();
        idle.pop()!(waiting.pop()!);
      }
      if (idle.length === command.connections) end();
    });
  }

  function settle(result: Result): void {
    const { visit } = result;
    try {
      if ('error' in result) throw result.error;
      for (const found of site.found(visit, result.response)) waiting.push(found);
      tally.ended(visit.url, result.response);
    } catch (error) {
      tally.failed(visit.url, error);
    }
  }

  function end(): void {
    tally.print();
    for (const dismiss of idle) dismiss(null);
  }
}
