// Two workers whose way to the database is PgBouncer, with fewer connections to the server than they have: what they
// leave is what one process in SQLite leaves, and every command goes the same way.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { comparable } from '../helpers/comparable.ts';
import { severally, startGossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { serveLinkedHosts } from '../helpers/linked-hosts.ts';
import { missingLoopback } from '../helpers/loopback.ts';
import { NO_PGBOUNCER, startPooler } from '../helpers/pgbouncer.ts';
import { NO_POSTGRES, startPostgres } from '../helpers/postgres.ts';

const newFolder = jobFolders('pgbouncer');
const HOSTS = 6;
const PAGES = 60;
/** Two workers hold four. */
const CONNECTIONS = 2;
const SCOPE = ['--scope', 'any', '--allow-private', '--no-sitemaps', '-q'];

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await startGossamer(args).finished;
  assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const skip = NO_POSTGRES || NO_PGBOUNCER || (await missingLoopback('127.0.2.1'));

test('pgbouncer: two workers and every command work in transaction mode, and statement mode is refused', {
  skip,
}, async () => {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  await using pooler = await startPooler(database, 'transaction', CONNECTIONS);
  await using site = await serveLinkedHosts({ hosts: HOSTS, pages: PAGES, delayMs: 20 });
  const [here, folder, refused] = [newFolder(), newFolder(), newFolder()];
  const store = ['--store', pooler.url];
  await done('crawl', site.root, '-o', here, ...SCOPE);
  await Promise.all(
    ['one', 'two'].map((name) => done('crawl', site.root, '-o', folder, '--worker', name, ...SCOPE, ...store)),
  );
  const rows = comparable(await done('export', 'jsonl', '--links', folder, '-q', ...store));
  assert.deepEqual(rows, comparable(await done('export', 'jsonl', '--links', here, '-q')));
  const commands = [
    ['status', folder],
    ['why', site.root, folder],
    ['report', folder],
    ['verify', folder],
    ['index', folder, '-q'],
    ['search', 'page', folder],
    ['retry', folder, site.root],
    ['remove', new URL('/6', site.root).href, folder],
    ['work', '-o', folder, '-q'],
  ].map((words) => [...words, ...store]);
  const moves = [
    ['move', folder, '--store', 'sqlite:', '--from', pooler.url],
    ['move', folder, ...store],
  ];
  const { stderr } = await severally([...commands, ...moves]);
  const codes = stderr.match(/^= .*/gm);
  assert.deepEqual(
    codes,
    [...commands, ...moves].map(([name]) => `= ${name} 0`),
    stderr,
  );

  await using statements = await startPooler(database, 'statement', CONNECTIONS);
  const { code, stderr: said } = await startGossamer(['crawl', site.root, '-o', refused, '--store', statements.url])
    .finished;
  assert.equal(code, 2, said);
  assert.match(said, /^gossamer: --store: .*PgBouncer.*transaction.*\n$/);
});
