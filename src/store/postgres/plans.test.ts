// The plans of a running crawl's statements: each visits only the partitions of the hosts that it names, so that a
// distributed PostgreSQL could keep hosts on different machines.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ended, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { NO_POSTGRES, startPostgres } from '../../../test/helpers/postgres.ts';
import type { Lease, NewUrl } from '../../base/contracts.ts';
import { type Ask, createLine, type Line } from './line.ts';
import { databasePlace, quotedName } from './place.ts';
import { PARTITIONS, TABLES_BY_HOST } from './schema.ts';
import { openPostgresStore } from './store.ts';

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** The partitions that a plan visited. */
function visitedBy(node: PlanNode): string[] {
  const own = node['Actual Loops'] > 0 ? [node['Relation Name'] ?? ''] : [];
  return [...own, ...(node.Plans ?? []).flatMap(visitedBy)].filter((name) => /_\d+$/.test(name));
}

const EXPLAINED = /^\s*(?:SELECT|INSERT|UPDATE|DELETE)\b/;
const BY_HOST = new RegExp(`\\.(?:${TABLES_BY_HOST.join('|')})\\b`);

/** A line that also explains each statement about tables by host: what it visited is told before it is done. */
function explaining(line: Line, isOn: () => boolean, tell: (sql: string, visited: string[]) => void): Line {
  const plan = async (ask: Ask, sql: string, values: readonly unknown[] | undefined): Promise<void> => {
    const { rows } = await ask(`EXPLAIN (ANALYZE, COSTS off, TIMING off, FORMAT json) ${sql}`, values);
    const [{ Plan }] = rows[0]![0] as [{ Plan: PlanNode }];
    tell(sql, [...new Set(visitedBy(Plan))]);
  };
  // One question after the other, because each one is asked twice.
  const wrapped = (ask: Ask, isInTransaction: boolean): Ask => {
    let last: Promise<unknown> = Promise.resolve();
    return (sql, values) => {
      const isTold = isOn() && EXPLAINED.test(sql) && BY_HOST.test(sql);
      const asked = last.then(async () => {
        if (isTold) {
          if (isInTransaction) await ask('SAVEPOINT plan');
          else await ask('BEGIN');
          await plan(ask, sql, values);
          await ask(isInTransaction ? 'ROLLBACK TO plan' : 'ROLLBACK');
        }
        return ask(sql, values);
      });
      last = asked.catch(() => {});
      return asked;
    };
  };
  const ask = wrapped(line.ask, false);
  return {
    ask,
    bound: async () => wrapped(await line.bound(), true),
    open: line.open,
    close: line.close,
    get connections() {
      return line.connections;
    },
  };
}

const at = (page: number | string, more: Partial<NewUrl> = {}): NewUrl => found(`https://a.test/${page}`, more);

if (NO_POSTGRES !== false) {
  test('plans: a statement visits the partitions of its hosts', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());

  test('plans: each statement of a running crawl visits the partition of its host and no other', async () => {
    const place = databasePlace(database.url, 'plans');
    const told: { readonly sql: string; readonly visited: string[] }[] = [];
    let isOn = false;
    const lineTo: typeof createLine = (to, settings) =>
      explaining(
        createLine(to, settings),
        () => isOn,
        (sql, visited) => told.push({ sql, visited }),
      );
    const options = { identity: { ...IDENTITY, depth: 3 }, now: NOW };
    const first = await openPostgresStore(place, options);
    const others = Array.from({ length: 2_000 }, (_, page) => found(`https://host-${page % 40}.test/${page}`));
    await first.frontier.add([...others, ...Array.from({ length: 300 }, (_, page) => at(page, { depth: 2 }))]);
    await first.frontier.close();
    const plain = createLine(place);
    await plain.ask('ANALYZE');

    const { frontier, share, sitemaps } = await openPostgresStore(place, options, undefined, lineTo);
    const onlyOurs = async (count: number, take = Number.POSITIVE_INFINITY, now = NOW): Promise<readonly Lease[]> =>
      frontier.lease(count, now, (host) => ({ take: host === 'https://a.test' ? take : 0, notBefore: now + 1e6 }));
    // This takes all hosts.
    assert.equal((await onlyOurs(500, 1)).length, 1);
    // What an opened job has found is read once.
    await sitemaps.add([]);
    isOn = true;
    const { added } = await sitemaps.add([
      { url: 'https://a.test/map', namedIn: null, host: 'https://a.test', depth: 0 },
    ]);
    const mention = { sitemapId: added[0]!.id, lastmod: '2024', changefreq: '', priority: null };
    await frontier.add([at('listed', { mention })]);
    const leases = await onlyOurs(150);
    const [one, two, three, ...rest] = leases;
    const links = [
      at('new', { depth: 1 }),
      at(250, { depth: 1 }),
      at(1, { depth: 1 }),
      at('note', { skip: 'nofollow', nofollow: true }),
    ];
    await settle(frontier, ended(one!, { links, redirect: at('moved') }));
    const form = { state: 'queued', tries: 0, form: 'https://a.test/%31' } as const;
    await settle(frontier, ended(two!, { state: 'queued', error: 'reset', response: null }), ended(three!, form));
    await settle(frontier, ...rest.map((lease) => ended(lease)));
    const robots = { fetchedAt: NOW, expiresAt: NOW + 1, status: 200, body: null };
    await frontier.settle({ settlements: [], hosts: [{ host: 'https://a.test', heldUntil: 0, robots }], run: null });
    const last = await onlyOurs(200);
    assert.ok(last.length > 100);
    await settle(frontier, ...last.map((lease) => ended(lease, { state: 'queued', tries: 0, response: null })));
    const ours = share.all().filter(({ host }) => host === 'https://a.test');
    await share.giveBack(ours.map((host) => ({ ...host, note: { host: host.host, rest: '{}' }, openAt: 0 })));
    assert.equal((await onlyOurs(1, 1, NOW + 5_000)).length, 1, 'it is taken again');
    isOn = false;
    await frontier.close();
    await plain.close();

    const schema = quotedName(place.schema);
    for (const table of ['urls', 'queue', 'visits', 'attempts', 'hosts', 'mentions', 'sitemaps']) {
      assert.ok(
        told.some(({ sql }) => sql.includes(`${schema}.${table}`)),
        `a statement about ${table} was explained`,
      );
    }
    for (const { sql, visited } of told) {
      for (const table of TABLES_BY_HOST) {
        const parts = visited.filter((name) => name.startsWith(`${table}_`));
        assert.ok(parts.length <= 1, `${parts.length} of ${PARTITIONS} partitions of ${table} were visited by ${sql}`);
      }
    }
  });
}
