import { after, test } from 'node:test';
import { IDENTITY, NOW, type StorePlace, storeContract } from '../../../test/contract/store.ts';
import { NO_POSTGRES, startPostgres } from '../../../test/helpers/postgres.ts';
import { createLine } from './line.ts';
import { databasePlace, quotedName } from './place.ts';
import { TABLES_BY_HOST } from './schema.ts';
import { openPostgresLedger, openPostgresStore } from './store.ts';

if (NO_POSTGRES !== false) {
  test('postgres: the contract of the store', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  // Making the tables takes far longer than emptying them, so a place that is removed is used again.
  const unused: string[] = [];
  let made = 0;

  const newPlace = (): StorePlace => {
    made += 1;
    const job = unused.pop() ?? `job ${made}`;
    const place = databasePlace(database.url, job);
    const opened = new Set<() => Promise<void>>();
    let hasTables = false;
    return {
      async open(identity = IDENTITY, now = NOW) {
        hasTables = true;
        const store = await openPostgresStore(place, { identity, now });
        const close = async (): Promise<void> => {
          if (opened.delete(close)) await store.frontier.close();
        };
        opened.add(close);
        return { ...store, frontier: { ...store.frontier, close } };
      },
      reader: () => openPostgresLedger(place),
      async remove() {
        for (const close of opened) await close();
        if (!hasTables) return;
        const line = createLine(place);
        const schema = quotedName(place.schema);
        const tables = [...TABLES_BY_HOST, 'job', 'tallies', 'runs', 'workers'];
        await line.ask(tables.map((table) => `DELETE FROM ${schema}.${table}`).join('; '));
        await line.close();
        unused.push(job);
      },
    };
  };
  storeContract('postgres', newPlace, { randomShare: 0.25 });
  // Hooks run in the order in which they were set, and the suite has one that empties its places.
  after(() => database[Symbol.asyncDispose]());
}
