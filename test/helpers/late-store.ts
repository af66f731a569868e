// A store that behaves as if it were on another machine: each answer comes a turn of the event loop later, and long
// ones in pages of seven. What a frontier knows from memory it answers at once, as every frontier does.

import { setImmediate } from 'node:timers/promises';
import type { Ledger } from '../../src/base/contracts.ts';
import { type JobLocation, jobLocation } from '../../src/store/location.ts';
import type { OpenedStore } from '../contract/store.ts';

const PAGE_LENGTH = 7;

type Method = (...given: unknown[]) => unknown;

/** The same ledger with late answers. */
export function lateLedger(ledger: Ledger): Ledger {
  const { rows, links, job, archived } = ledger;
  return { ...late(ledger), rows: late(rows), links: late(links), job: late(job), archived: late(archived) };
}

/** The same store with late answers. */
export function lateStore<S extends OpenedStore>(store: S): S {
  return { ...store, frontier: late(store.frontier), hosts: late(store.hosts), ledger: lateLedger(store.ledger) };
}

/** The location of a job with a late store. */
export function lateLocation(folder: string): JobLocation {
  const location = jobLocation(folder);
  return {
    ...late(location),
    changes: late(location.changes),
    async open(options) {
      const store = lateStore(await location.open(options));
      return {
        ...store,
        sitemaps: late(store.sitemaps),
        rootAddresses: late(store.rootAddresses),
        exclusions: late(store.exclusions),
      };
    },
    read: async () => lateLedger(await location.read()),
  };
}

function late<T extends object>(part: T): T {
  const methods = Object.entries(part).map(([name, method]) => [
    name,
    typeof method === 'function' ? lateMethod(method as Method) : method,
  ]);
  return Object.fromEntries(methods) as T;
}

function lateMethod(method: Method): Method {
  return (...given) => {
    const answer = method(...given);
    if (answer instanceof Promise) return answer.finally(() => setImmediate());
    const isLong = typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
    return isLong ? cut(answer as AsyncIterable<readonly unknown[]>) : answer;
  };
}

async function* cut(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<readonly unknown[]> {
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += PAGE_LENGTH) {
      await setImmediate();
      yield page.slice(at, at + PAGE_LENGTH);
    }
  }
}
