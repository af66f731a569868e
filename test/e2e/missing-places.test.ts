// What commands say where a job or its archive is not where they look: in a database, in a folder that was moved away.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { removeTree } from '../../src/base/remove.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';
import { NOBODY } from '../helpers/nobody.ts';
import { NO_POSTGRES } from '../helpers/postgres.ts';
import { serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-missing-'));
after(() => removeTree(home));

test('a folder that has the archive of a job and no store: its rows may be in a database', async () => {
  const job = join(home, 'crawls/shop.example');
  mkdirSync(join(job, 'archive'), { recursive: true });
  writeFileSync(join(job, 'archive/a.warc.gz'), '');
  mkdirSync(join(home, 'empty'));
  const { stderr } = await severally([
    ['status', job],
    ['report', job],
    ['search', 'words', job],
    ['status', join(home, 'empty')],
  ]);
  assert.equal(stderr.match(/ it has an archive, so its rows may be in a database: give its --store\.$/gm)?.length, 3);
  assert.match(stderr, /empty: it contains no gossamer\.db\.$/m);
  const alone = await gossamer(['status'], {}, '', home);
  assert.match(alone.stderr, /crawls\/shop\.example has an archive, so .* --store\.\n$/);
});

test('move: from nowhere is told by the options that name it', async () => {
  const { stderr } = await severally(
    [
      ['move', '--store', 'sqlite:', join(home, 'crawls/shop.example')],
      ['move', '--help'],
    ],
    { GOSSAMER_STORE: '', DATABASE_URL: '' },
  );
  assert.match(
    stderr,
    /^gossamer: --from: give the database that has the job, or set GOSSAMER_STORE or DATABASE_URL\.$/m,
  );
  const { stdout } = await gossamer(['move', '--help']);
  assert.match(stdout, /--store <url> +the database to which the job is moved/);
});

test('archive elsewhere: without its place search answers, and what needs the records names the place', async () => {
  await using site = await serveSite((path, response) => {
    response.writeHead(path === '/' ? 200 : 404, { 'content-type': 'text/html' }).end('<title>Jam</title><p>Oranges');
  });
  const [job, store, away] = [join(home, 'job'), join(home, 'store'), join(home, 'away')];
  const refused = await severally(
    ['', ' ', '-'].map((place) => ['crawl', site.root, '-o', `${job}-none`, '--archive', place]),
  );
  assert.deepEqual(refused.stderr.match(/^= .*/gm), Array(3).fill('= crawl 2'));
  assert.match(refused.stderr, /^gossamer: --archive: "-" is not the name of a folder, or s3:/m);
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q', '--archive', store])).code, 0);
  assert.equal((await gossamer(['index', job, '-q'])).code, 0);
  renameSync(store, away);
  const { stdout, stderr } = await severally([
    ['search', 'oranges', job],
    ['export', 'markdown', job, '-o', join(home, 'markdown')],
    ['verify', job],
    ['retry', '--lost', job],
    ['why', site.root, job],
  ]);
  assert.match(stdout, /^1 page\.\n\n {2}1 Jam\n/);
  assert.deepEqual(stderr.match(/^= .*/gm), ['= search 0', '= export 3', '= verify 3', '= retry 3', '= why 0']);
  assert.match(stdout, /^ +that record cannot be read now: .*store: there is no such file$/m);
  const told = stderr.match(/^gossamer: the archive is not at its place: .*store: there is no such file; .*$/gm);
  assert.equal(told?.length, 2, stderr);
});

test('why, remove, status: a URL where the job should be is told, and what to give first', async () => {
  await using site = await serveSite((_, response) => void response.end('text'));
  const job = join(home, 'crawls/swapped');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  const { stderr } = await severally([
    ['why', job, site.root],
    ['remove', job, site.root],
    ['why', `${job}-typo`, site.root],
    ['why', job, new URL(site.root).host],
    ['why', job],
    ['status', site.root],
    ['why', site.root, job],
  ]);
  const [, ...lines] = stderr.replaceAll(job, 'JOB').split(/^/m);
  assert.deepEqual(stderr.match(/^= .*/gm), [
    ...['why', 'remove', 'why', 'why', 'why', 'status'].map((name) => `= ${name} 2`),
    '= why 0',
  ]);
  assert.match(stderr, /is where the URL should be: give http\S+ first, and then /);
  assert.match(stderr, /is where the URL should be: give a URL first, and then /);
  assert.match(lines.join(''), /http\S+ is a URL: give the folder of a job\./);
});

const NOT_ROOT = NOBODY.uid === undefined ? 'only root is refused by PostgreSQL' : false;

test('demo --workers: a database that cannot be started is told in a sentence', {
  skip: NO_POSTGRES || NOT_ROOT,
}, async () => {
  const shut = mkdtempSync(join(home, 'shut-'));
  const { code, stdout, stderr } = await gossamer(['demo', '--workers', '2'], { TMPDIR: shut, DATABASE_URL: '' });
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(
    stderr,
    /^gossamer: --workers: no PostgreSQL could be started: .*(?:may not enter|Permission denied).* Set DATABASE_URL .*\.\n$/,
  );
  assert.ok(!readdirSync(shut).some((name) => name.startsWith('gossamer-demo-pg-')));
});
