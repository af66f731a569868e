import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Fetcher } from '../fetch/fetch.ts';
import { openStore } from '../store/sqlite/store.ts';
import { allowNames, type KnownRoots, rulesOf } from './root-addresses.ts';

const ROOTS = [
  'http://10.1.2.3/',
  'http://[fd00::1]:81/',
  'http://localhost:8080/',
  'http://shop.test/',
  'http://b.test/',
];
const IDENTITY = { roots: ROOTS, scope: 'host', include: [], exclude: [], depth: null, pageRequisites: false };
const home = mkdtempSync(join(tmpdir(), 'gossamer-roots-'));
after(() => rmSync(home, { recursive: true }));

type Answers = Readonly<Record<string, readonly string[] | null>>;

/** Simulates a run of a job. Returns which private addresses were allowed and which names were looked up. */
async function run(kept: KnownRoots | undefined, answers: Answers): Promise<{ allowed: object; asked: string[] }> {
  const asked: string[] = [];
  const ask: Fetcher['privateAddresses'] = (names) => {
    asked.push(...names);
    return Promise.resolve(new Map(names.map((name) => [name, answers[name]!])));
  };
  const rules = rulesOf(ROOTS);
  await allowNames(rules, ROOTS, ask, kept);
  return { allowed: Object.fromEntries(rules.allowedAddresses), asked };
}

async function stored(
  name: string,
  work: (kept: KnownRoots, settle: (host: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const store = await openStore(join(home, name), { identity: IDENTITY, now: Date.now() });
  const { frontier, ledger, rootAddresses } = store;
  const answers = (host: string): Promise<void> =>
    frontier.settle({ settlements: [], hosts: [{ host, answered: true }], run: null });
  await work({ ...rootAddresses, hosts: () => ledger.job.hosts() }, answers);
  await frontier.close();
}

test('rulesOf: literal addresses and localhost are meant as they are written, names are not', () => {
  assert.deepEqual(rulesOf(ROOTS).allowedHosts, ['10.1.2.3', 'fd00::1', 'localhost']);
});

test('allowNames: a name may have the private addresses that it has now', async () => {
  const answers = { 'shop.test': ['192.168.0.1', 'fd00::2'], 'b.test': [] };
  const expected = { allowed: { 'shop.test': ['192.168.0.1', 'fd00::2'] }, asked: ['shop.test', 'b.test'] };
  assert.deepEqual(await run(undefined, answers), expected);
});

test('allowNames: a job that goes on keeps what the names were when it began', async () => {
  await stored('kept.db', async (kept) => {
    await run(kept, { 'shop.test': ['192.168.0.1'], 'b.test': [] });
  });
  await stored('kept.db', async (kept) => {
    const moved = { 'shop.test': ['169.254.169.254'], 'b.test': ['127.0.0.2'] };
    assert.deepEqual(await run(kept, moved), { allowed: { 'shop.test': ['192.168.0.1'] }, asked: [] });
  });
});

test('allowNames: a name of which no answer was had is asked again by the next run', async () => {
  await stored('late.db', async (kept) => {
    const first = await run(kept, { 'shop.test': null, 'b.test': ['10.0.0.1'] });
    assert.deepEqual(first.allowed, { 'b.test': ['10.0.0.1'] });
  });
  await stored('late.db', async (kept) => {
    const second = await run(kept, { 'shop.test': ['10.0.0.9'] });
    assert.deepEqual(second, { allowed: { 'b.test': ['10.0.0.1'], 'shop.test': ['10.0.0.9'] }, asked: ['shop.test'] });
    assert.deepEqual((await run(kept, {})).asked, []);
  });
});

test('allowNames: a name without an answer whose host has answered since leads to no private address', async () => {
  await stored('public.db', async (kept, answers) => {
    await run(kept, { 'shop.test': null, 'b.test': null });
    await answers('http://shop.test:8080');
    await answers('http://b.test.evil.test');
    const moved = { 'shop.test': ['169.254.169.254'], 'b.test': ['10.0.0.1'] };
    assert.deepEqual(await run(kept, moved), { allowed: { 'b.test': ['10.0.0.1'] }, asked: ['b.test'] });
    assert.deepEqual(await run(kept, {}), { allowed: { 'b.test': ['10.0.0.1'] }, asked: [] });
  });
});
