// A ledger whose errors all name the database. The database may be damaged or made by a stranger, and its user can
// repair nothing else.

import type { Ledger } from '../../base/contracts.ts';
import { asUnreadable } from './database.ts';

/** The same ledger; its errors become JobError or MachineError. */
export function tellingLedger(location: string, { rows, links, job, archived, ...itself }: Ledger): Ledger {
  const told = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw asUnreadable(location, error);
    }
  };
  async function* pages<T>(answer: AsyncIterable<T>): AsyncGenerator<T> {
    const each = answer[Symbol.asyncIterator]();
    try {
      for (let page = await told(each.next()); page.done !== true; page = await told(each.next())) yield page.value;
    } finally {
      await each.return?.();
    }
  }
  type Method = (...given: unknown[]) => Promise<unknown> | AsyncIterable<unknown>;
  const telling = <T extends object>(reader: T): T => {
    const methods = Object.entries<Method>(reader as Record<string, Method>).map(([name, method]) => {
      const same: Method = (...given) => {
        const answer = method(...given);
        return Symbol.asyncIterator in answer ? pages(answer) : told(answer);
      };
      return [name, same];
    });
    return Object.fromEntries(methods) as T;
  };
  return {
    ...itself,
    ...{ rows: telling(rows), links: telling(links), job: telling(job), archived: telling(archived) },
  };
}
