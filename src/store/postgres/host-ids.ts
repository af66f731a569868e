// The ids of hosts. A host costs two questions when it is new to this process, and none afterwards. Ids are small
// numbers without large gaps, because what is known of all hosts is in tables by id (numbers.ts of the memory).

import { HOSTS_CACHED_MAX } from '../../base/limits.ts';
import type { Ids } from './ids.ts';
import type { Ask } from './line.ts';

export interface Hosts {
  /** The ids of these hosts, by name. New ones get a row at once. */
  idsOf(names: Iterable<string>): Promise<ReadonlyMap<string, number>>;
}

export function createHostIds(ask: Ask, schema: string, ids: Ids): Hosts {
  const find = `SELECT n.name, n.id FROM unnest($1::text[]) AS r(name) JOIN ${schema}.host_names n ON n.name = r.name`;
  const add = `WITH added AS (
      INSERT INTO ${schema}.host_names (name, id) SELECT r.name, r.id FROM unnest($1::text[], $2::bigint[]) AS r(name, id)
      ON CONFLICT (name) DO NOTHING RETURNING name, id)
    INSERT INTO ${schema}.hosts (id, name) SELECT id, name FROM added`;
  const known = new Map<string, number>();
  // New hosts are added one call after the other, so that each has one id.
  let last: Promise<unknown> = Promise.resolve();

  const remember = ({ rows }: Awaited<ReturnType<Ask>>, into: Map<string, number>): void => {
    for (const [name, id] of rows as [string, number][]) {
      if (known.size >= HOSTS_CACHED_MAX) known.clear();
      known.set(name, id);
      into.set(name, id);
    }
  };
  const learn = async (names: readonly string[], into: Map<string, number>): Promise<void> => {
    remember(await ask(find, [names]), into);
    const fresh = names.filter((name) => !into.has(name));
    if (fresh.length === 0) return;
    await ids.reserve(fresh.length);
    // Another process may add the same hosts; whoever comes second takes the ids of the first.
    const added = ask(add, [fresh, fresh.map(() => ids.next())]);
    const [, found] = await Promise.all([added, ask(find, [fresh])]);
    remember(found, into);
  };
  return {
    async idsOf(names) {
      const result = new Map<string, number>();
      const unknown: string[] = [];
      for (const name of new Set(names)) {
        const id = known.get(name);
        if (id === undefined) unknown.push(name);
        else result.set(name, id);
      }
      if (unknown.length === 0) return result;
      const learning = last.then(() => learn(unknown, result));
      last = learning.catch(() => {});
      await learning;
      return result;
    },
  };
}
