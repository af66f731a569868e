// The archive moves to a folder or to S3: the same rows and exports as without, whatever fails or is killed on the way.

import assert from 'node:assert/strict';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { type Finished, gossamer, severally, startGossamer } from '../helpers/gossamer.ts';
import { type S3Deed, type S3Server, serveS3 } from '../helpers/s3-server.ts';
import { pathOf, type Site, serveSite } from '../helpers/site.ts';
import { smallLimits } from '../helpers/small-limits.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-elsewhere-'));
after(() => rmSync(home, { recursive: true }));

const PAGES = 60;
const TEXT_BYTES = 12_000;
/** Files of 256 KB, each in parts. */
const SPOOL = '1MB';
const PART_BYTES = 64 * 1024;
const SMALL = smallLimits({ UPLOAD_PART_BYTES: String(PART_BYTES), S3_PAUSE_MS: '10' });

/** Pages of letters that do not compress well. Each is linked from one other. */
function servePages(): Promise<Site> {
  return serveSite((path, response) => {
    const page = Array.from({ length: PAGES }, (_, at) => pathOf(at)).indexOf(path);
    response.setHeader('content-type', 'text/html');
    if (page < 0) return void response.writeHead(404).end();
    const next = [2 * page + 1, 2 * page + 2].filter((each) => each < PAGES);
    const links = next.map((each) => `<a href="${pathOf(each)}">x</a>`);
    let text = '';
    for (let state = page + 1; text.length < TEXT_BYTES; state = (state * 48_271) % 2_147_483_647)
      text += state.toString(36);
    response.end(`<title>Page ${page}</title>${links.join('')}<p>${text}`);
  });
}

interface Place {
  readonly name: string;
  readonly archive: string;
  readonly environment: NodeJS.ProcessEnv;
}

function crawlOf(site: Site, job: string, place: string): string[] {
  return ['crawl', site.root, '-o', job, '--no-adapt', '--archive', place, '--archive-spool', SPOOL];
}

async function ok(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const finished = await gossamer(args, environment);
  assert.equal(finished.code, 0, `${args.join(' ')}: ${finished.stderr}${finished.stdout}`);
  return finished;
}

/** Several commands, each of which ends well. */
async function all(commands: readonly (readonly string[])[], environment: NodeJS.ProcessEnv): Promise<Finished> {
  const finished = await severally(commands, environment);
  const codes = [...finished.stderr.matchAll(/^= \S+ (\d+)$/gm)].map(([, code]) => code);
  assert.deepEqual(
    codes,
    commands.map(() => '0'),
    finished.stderr,
  );
  return finished;
}

/** What every view must give alike: the rows but for times and places. */
async function rowsOf(job: string, environment: NodeJS.ProcessEnv): Promise<Map<string, Partial<UrlRecord>>> {
  const { stdout } = await ok(['export', 'jsonl', job], environment);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as UrlRecord);
  return new Map(
    rows.map(({ fetchedAt, elapsedMs, archive, tries, ...row }) => [
      row.url,
      { ...row, archive: archive !== null } as object,
    ]),
  );
}

/** The job is well, every page is there, once, and nothing of the archive is left in its folder. */
async function assertWhole(job: string, environment: NodeJS.ProcessEnv, pages = PAGES): Promise<void> {
  const { stdout } = await ok(['verify', job, '--json'], environment);
  const { faultCount, archived, lost, unsettledBytes } = JSON.parse(stdout);
  assert.deepEqual([faultCount, archived, lost, unsettledBytes], [0, pages, 0, 0]);
  assert.deepEqual(readdirSync(join(job, 'archive')), []);
}

/** How often each page has a response in the files of the archive. */
function copiesOf(files: Iterable<Buffer>): Map<string, number> {
  const copies = new Map<string, number>();
  for (const file of files) {
    for (const [, url] of gunzipSync(file)
      .toString('latin1')
      .matchAll(/WARC-Type: response[\s\S]*?WARC-Target-URI: (\S+)/g)) {
      const path = new URL(url!).pathname;
      if (path !== '/robots.txt' && !path.includes('sitemap')) copies.set(path, (copies.get(path) ?? 0) + 1);
    }
  }
  return copies;
}

function assertOneCopy(s3: S3Server): void {
  const copies = copiesOf([...s3.objects.values()].map(({ body }) => body));
  assert.deepEqual([copies.size, new Set(copies.values())], [PAGES, new Set([1])]);
  assert.equal(s3.uploads.size, 0, 'no upload is left behind');
}

test('--archive: in a folder and on S3 all is as in the job, and nothing secret is kept', async () => {
  await using site = await servePages();
  await using s3 = await serveS3({ partBytesMin: PART_BYTES, sessionToken: 'a-token-of-mine' });
  const plain = join(home, 'plain');
  await ok(['crawl', site.root, '-o', plain, '--no-adapt', '-q']);
  const expected = await rowsOf(plain, {});
  const environment = { ...s3.environment, ...SMALL };
  const places: Place[] = [
    { name: 'folder', archive: join(home, 'shared'), environment: {} },
    { name: 's3', archive: `s3://${s3.bucket}/some/where`, environment },
  ];
  for (const { name, archive, environment } of places) {
    const job = join(home, name);
    const { stderr, stdout } = await ok(crawlOf(site, job, archive), environment);
    await assertWhole(job, environment);
    assert.deepEqual(await rowsOf(job, environment), expected, name);
    const url = `${site.root}${pathOf(7).slice(1)}`;
    const views = [
      ['why', url, job],
      ['export', 'wacz', job, '-q', '-o', join(home, `${name}.wacz`)],
      ['export', 'markdown', job, '-q', '-o', join(home, `${name}.md`)],
      ['retry', '--lost', job],
    ];
    assert.match((await all(views, environment)).stdout, /archive {3}archive\//);
    const again = join(home, `${name}-again`);
    await ok(['crawl', site.root, '-o', again, '-q', '--no-adapt', '--revisits-of', job], environment);
    const bytes = globSync(join(again, 'archive/*.gz')).map((file) =>
      gunzipSync(readFileSync(file)).toString('latin1'),
    );
    assert.equal(bytes.join('').split('WARC-Type: revisit').length - 1, PAGES, 'each page refers to the first job');
    await all(
      [
        ['verify', again, '-q'],
        ['export', 'markdown', again, '-q', '-o', join(home, `${name}-again.md`)],
      ],
      environment,
    );

    // A takedown reaches what has moved.
    await ok(['remove', url, job], environment);
    await assertWhole(job, environment, PAGES - 1);
    const written = [
      stderr,
      stdout,
      ...globSync(join(job, '{gossamer.db*,logs/*}')).map((file) => readFileSync(file, 'latin1')),
    ];
    for (const secret of [
      s3.environment['AWS_SECRET_ACCESS_KEY']!,
      'a-token-of-mine',
      s3.environment['AWS_ACCESS_KEY_ID']!,
    ])
      assert.ok(!written.join('').includes(secret), `${name}: a secret was kept`);
  }
  const files = [...s3.objects].map(([key, { body }]) => [key, body] as const);
  assert.ok(files.length > 1 && files.every(([key]) => /^some\/where\/s3-\d{17}-\d{5}\.warc\.gz$/.test(key)));
  for (const kept of [
    files.map(([, body]) => body),
    globSync(join(home, 'shared/*')).map((file) => readFileSync(file)),
  ]) {
    const copies = copiesOf(kept);
    assert.deepEqual([copies.size, copies.has(pathOf(7)), new Set(copies.values())], [PAGES - 1, false, new Set([1])]);
  }
});

test('--archive: killed at any step of an upload, the same command goes on, and no record is lost or double', async () => {
  const points: [what: string, deed: S3Deed, count: number, isDone: boolean][] = [
    ['between the sync of a file and its upload', 'begin', 2, false],
    ['in the middle of an upload in parts', 'part', 6, true],
    ['between the upload of a file and its mark', 'complete', 1, true],
  ];
  await Promise.all(
    points.map(async ([what, wanted, count, isDone], at) => {
      await using site = await servePages();
      await using s3 = await serveS3({ partBytesMin: PART_BYTES });
      const environment = { ...s3.environment, ...SMALL };
      const job = join(home, `killed-${at}`);
      const command = crawlOf(site, job, `s3://${s3.bucket}`);
      const run = startGossamer(command, environment);
      let seen = 0;
      // The probe of each run is the first upload that is begun.
      s3.fault = ({ deed, key }) => {
        if (deed !== wanted || key.includes('may-write')) return null;
        seen += 1;
        if (seen < count) return null;
        run.child.kill('SIGKILL');
        return isDone ? 'lose' : 'refuse';
      };
      assert.equal((await run.finished).signal, 'SIGKILL', what);
      s3.fault = () => null;
      await ok(command, environment);
      await assertWhole(job, environment);
      assertOneCopy(s3);
    }),
  );
});

test('--archive: with S3 away the crawl goes on, says so once, ends with exit code 3, and goes on when it is back', async () => {
  await using site = await servePages();
  await using s3 = await serveS3({ partBytesMin: PART_BYTES });
  const environment = { ...s3.environment, ...SMALL };
  const job = join(home, 'away');
  const command = crawlOf(site, job, `s3://${s3.bucket}`);
  let isShut: Promise<void> | null = null;
  site.onRequest = (_, count) => {
    if (count === 2) isShut = s3.shut();
  };
  const { code, stderr } = await gossamer([...command, '--archive-patience', '500ms'], environment);
  await isShut;
  assert.equal(code, 3, stderr);
  assert.equal(stderr.split('The archive cannot be moved for now').length, 2, stderr);
  assert.match(
    stderr.trimEnd().split('\n').at(-1)!,
    /^gossamer: .*s3:\/\/archive-bucket: 127\.0\.0\.1:\d+ cannot be reached .*; run again to go on$/,
  );
  const done = JSON.parse((await ok(['status', job, '--json'], environment)).stdout).urls.done;
  assert.equal(done, PAGES);
  const unread = await gossamer(['crawl', site.root, '-o', job, '--archive', `s3://${s3.bucket}`], environment);
  assert.equal(unread.code, 3, 'it is still away');
  await s3.open();
  await ok(command, environment);
  await assertWhole(job, environment);
  assertOneCopy(s3);
  await s3.shut();
  assert.match(
    (await ok(['why', site.root, job], environment)).stdout,
    /^ +that record cannot be read now: .* cannot be reached .*\)$/m,
  );
  // Without the variables of S3 nothing is known of the records, so none is lost.
  const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  const views = ['retry --lost', 'verify', 'why'].map((words) => [
    ...words.split(' '),
    ...(words === 'why' ? [site.root] : []),
    job,
  ]);
  const unnamed = await severally(views, nobody);
  assert.deepEqual(unnamed.stderr.match(/^= .*/gm), ['= retry 2', '= verify 2', '= why 0']);
  assert.match(unnamed.stdout, /cannot be read now: s3:\/\/archive-bucket needs AWS_ACCESS_KEY_ID/);
  for (const view of [
    ['verify', job],
    ['export', 'markdown', job, '-o', join(home, 'none')],
    ['remove', `${site.root}`, job],
  ]) {
    const { code, stderr } = await gossamer(view, environment);
    assert.equal(code, 3, `${view[0]}: ${stderr}`);
    assert.match(stderr, /s3:\/\/archive-bucket: 127\.0\.0\.1:\d+ cannot be reached/);
  }
  await s3.open();
  s3.objects.delete([...s3.objects.keys()].sort()[0]!);
  const without = [
    ['verify', job],
    ['export', 'wacz', job, '-q', '-o', join(home, 'without.wacz')],
    ['remove', `${site.root}${pathOf(PAGES - 1).slice(1)}`, job],
  ];
  const told = await severally(without, environment);
  assert.deepEqual(told.stderr.match(/^= .*/gm), ['= verify 1', '= export 1', '= remove 0'], told.stderr);
  assert.doesNotMatch(told.stderr, /^ +at /m);
});

test('--archive: what cannot work is refused in one sentence, and nothing is written', async () => {
  await using site = await servePages();
  await using s3 = await serveS3();
  const env = s3.environment;
  const bucket = `s3://${s3.bucket}/x`;
  const file = join(home, 'a-file');
  writeFileSync(file, '');
  const table: [args: string[], code: number, said: RegExp][] = [
    [['--archive', 's3://no-such-bucket/x'], 2, /^gossamer: s3:\/\/no-such-bucket\/x: there is no such bucket/],
    [['--archive', 's3://key:word@bucket/x'], 2, /^gossamer: --archive: (?!.*word)/],
    [['--archive', 'http://bucket/x'], 2, /the name of a folder, or s3:\/\/BUCKET\/PREFIX/],
    [['--archive', file], 2, /^gossamer: --archive: .*a-file.* cannot be used/],
    [['--archive', bucket, '--no-archive'], 2, /exclude each other/],
    [['--archive', bucket, '--store', 'memory:'], 2, /needs a stored job/],
    [['--archive', join(home, 'refused/archive')], 2, /part of the job itself/],
  ];
  const job = join(home, 'refused');
  const commands = table.map(([args]) => ['crawl', site.root, '-o', job, ...args]);
  const { stderr } = await severally(commands, env);
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 2 * table.length, stderr);
  for (const [at, [, code, said]] of table.entries()) {
    assert.match(lines[2 * at]!, said);
    assert.equal(lines[2 * at + 1], `= crawl ${code}`);
  }
  const gone = { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  const unreached = await gossamer(['crawl', site.root, '-o', job, '--archive', bucket], gone);
  assert.equal(unreached.code, 3);
  assert.match(unreached.stderr, /^gossamer: .*127\.0\.0\.1:1 cannot be reached.*\n$/);
  assert.ok(!existsSync(job));
  assert.deepEqual([site.log.length, s3.objects.size, s3.uploads.size], [0, 0, 0]);
});
