// One crawl, three times: in SQLite, in PostgreSQL by one worker, and by four of which one is killed midway. What is
// exported is the same.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { comparable } from '../helpers/comparable.ts';
import { type Started, startGossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { serveLinkedHosts } from '../helpers/linked-hosts.ts';
import { missingLoopback } from '../helpers/loopback.ts';
import { serveOddSite } from '../helpers/odd-site.ts';
import { NO_POSTGRES, startPostgres } from '../helpers/postgres.ts';

const newFolder = jobFolders('equal');
const HOSTS = 12;
const PAGES = 240;
const ODD_PAGES = 40;
const MIDWAY = 120;

async function finished({ finished }: Started): Promise<string> {
  const { code, stdout, stderr } = await finished;
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

const skip = NO_POSTGRES === false ? await missingLoopback('127.0.2.1') : NO_POSTGRES;
test('postgres: four workers, one of them killed midway, find what one finds, and what SQLite does', {
  skip,
  timeout: 300_000,
}, async () => {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  await using linked = await serveLinkedHosts({ hosts: HOSTS, pages: PAGES, delayMs: 5 });
  await using odd = await serveOddSite(ODD_PAGES);
  const roots = [linked.root, odd.root];
  const scope = ['--scope', 'any', '--allow-private', '--exclude', 'elsewhere', '--host-concurrency', '2'];
  const exported = async (folder: string, ...store: string[]): Promise<string[]> =>
    comparable(await finished(startGossamer(['export', 'jsonl', '--links', folder, '-q', ...store])));
  const store = ['--store', database.url];

  const here = newFolder();
  await finished(startGossamer(['crawl', ...roots, '-o', here, '-q', ...scope]));
  const expected = await exported(here);
  assert.ok(expected.length > PAGES + ODD_PAGES);

  const alone = join(newFolder(), 'alone');
  await finished(startGossamer(['crawl', ...roots, '-o', alone, '-q', ...scope, ...store]));
  assert.deepEqual(await exported(alone, ...store), expected);

  const shared = join(newFolder(), 'shared');
  const words = ['crawl', ...roots, '-o', shared, '-q', ...scope, ...store];
  const workers = ['one', 'two', 'three', 'four'].map((name) => startGossamer([...words, '--worker', name]));
  const [victim, ...others] = workers as [Started, ...Started[]];
  const before = linked.log.length;
  linked.onRequest = (count) => {
    if (count === before + MIDWAY) victim.child.kill('SIGKILL');
  };
  try {
    await Promise.all(others.map(finished));
    assert.equal((await victim.finished).signal, 'SIGKILL');
  } finally {
    // They would wait for a database that is gone.
    for (const { child } of workers) child.kill('SIGKILL');
  }
  assert.deepEqual(await exported(shared, ...store), expected);
  await finished(startGossamer(['verify', shared, '-q', ...store]));
});
