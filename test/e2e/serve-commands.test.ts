// The page beside a command, a folder of jobs, and a job in PostgreSQL.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type {
  BrokenAnswer,
  DuplicatesAnswer,
  ErrorAnswer,
  FacetedAnswer,
  GroupsAnswer,
  JobAnswer,
  JobLine,
  JobsAnswer,
  TableAnswer,
  TreeAnswer,
} from '../../src/serve/api.ts';
import { placesOf } from '../../src/serve/served-jobs.ts';
import { gossamer, type Started, startGossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { NO_POSTGRES, startPostgres } from '../helpers/postgres.ts';
import { rawRequest, serving } from '../helpers/served.ts';
import { type Site, serveSite } from '../helpers/site.ts';

const newFolder = jobFolders('serve-commands');

/** Resolves with what the process has said, once that includes a text. */
async function until({ child }: Started, stream: 'stdout' | 'stderr', text: string): Promise<string> {
  let said = '';
  for await (const piece of child[stream]!) {
    said += String(piece);
    if (said.includes(text)) return said;
  }
  throw new Error(`it ended without ${text}: ${said}`);
}

function addressIn(said: string): { readonly origin: string; readonly token: string } {
  const url = new URL(/http:\S+token=\S+/.exec(said)![0]);
  return { origin: url.origin, token: url.searchParams.get('token')! };
}

async function jobsAt({ origin, token }: ReturnType<typeof addressIn>): Promise<JobsAnswer> {
  const headers = { host: new URL(origin).host, authorization: `Bearer ${token}` };
  return JSON.parse((await rawRequest(origin, '/api/jobs', headers)).text) as JobsAnswer;
}

test('demo --serve: the page is there while it crawls, and stays until Ctrl-C', async () => {
  const started = startGossamer(['demo', '-o', newFolder(), '--serve', '--port', '0']);
  const said: string[] = [];
  const [opened, stays] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  started.child.stderr!.on('data', (piece: Buffer) => {
    said.push(piece.toString());
    if (/token=\S+\n/.test(said.join(''))) opened.resolve();
    if (said.join('').includes('The page stays')) stays.resolve();
  });
  await opened.promise;
  const address = addressIn(said.join(''));
  const [{ id, state }] = (await jobsAt(address)).jobs as [JobLine];
  assert.equal(state, 'running');
  const headers = {
    host: new URL(address.origin).host,
    authorization: `Bearer ${address.token}`,
    'content-type': 'application/json',
  };
  const faster = await rawRequest(address.origin, `/api/jobs/${id}/pace`, headers, 'POST', '{"delayMs":0}');
  assert.equal(faster.status, 200, faster.text);
  await stays.promise;
  const search = await rawRequest(address.origin, `/api/jobs/${id}/search?q=chapter`, headers);
  assert.ok((JSON.parse(search.text) as FacetedAnswer).total > 3, search.text);
  const answer = JSON.parse((await rawRequest(address.origin, `/api/jobs/${id}`, headers)).text) as JobAnswer;
  assert.deepEqual([answer.state, answer.isOurs, answer.urls.done], ['finished', true, 49]);
  assert.equal(answer.sentence.map(({ text }) => text).join(''), 'Finished. 49 pages done, 2 of them broken.');
  started.child.kill('SIGINT');
  assert.equal((await started.finished).code, 0);
});

async function smallSite(): Promise<Site> {
  return serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    if (path === '/') response.end('<title>T</title><a href=/a/1>1</a><a href=/a/2>2</a><a href=/gone>3</a>');
    else response.writeHead(path === '/gone' ? 404 : 200).end(`<title>${path}</title>`);
  });
}

test('serve: a folder of jobs is a list of crawls; what is wrong is told', async () => {
  await using site = await smallSite();
  const jobs = [newFolder(), newFolder()];
  for (const job of jobs) await crawledTo(job, site.root);
  const started = startGossamer(['serve', dirname(jobs[0]!), '--port', '0']);
  const listed = await jobsAt(addressIn(await until(started, 'stdout', 'token=')));
  const folders = listed.jobs.map(({ folder }) => folder);
  for (const job of jobs) assert.ok(folders.includes(job), job);
  started.child.kill('SIGTERM');
  assert.equal((await started.finished).code, 0);
  for (const words of [
    ['serve', '--port', 'x'],
    ['serve', '--port', '65536'],
    ['serve', '--host', 'not an address'],
    ['serve', join(jobs[0]!, 'nowhere')],
    ['crawl', site.root, '--serve', '--store', 'memory:'],
  ]) {
    const { code, stderr } = await gossamer(words);
    assert.equal(code, 2, words.join(' '));
    assert.match(stderr, /^gossamer: .+\.\n$/s);
  }
});

test('serve: a place without a job, and a database that is away, are told at the start', async () => {
  const place = newFolder();
  mkdirSync(join(place, 'empty'), { recursive: true });
  writeFileSync(join(place, 'file'), '');
  for (const [folder, says] of [
    [join(place, 'nowhere'), /there is no such folder\.$/],
    [join(place, 'empty'), /it is no job, and there is no job in it\.$/],
    [place, /there is no job in it\.$/],
    [join(place, 'file'), /it is no job, and there is no job in it\.$/],
  ] as const) {
    await assert.rejects(placesOf([folder], null), { name: 'UsageError', message: says });
  }
  assert.deepEqual(await placesOf([], null), { jobs: [], parents: ['crawls'], store: null });
  for (const typed of [[], [place]]) {
    await assert.rejects(placesOf(typed, 'postgres://127.0.0.1:1/gone'), { name: 'MachineError' });
  }
});

test('crawl --metrics: figures for Prometheus without the page, while it crawls', async () => {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await using site = await serveSite(async (path, response) => {
    response.setHeader('content-type', 'text/html');
    if (path !== '/') asked.resolve();
    if (path !== '/') await answered.promise;
    response.end('<a href=/late>late</a>');
  });
  const started = startGossamer(['crawl', site.root, '-o', newFolder(), '-q', '--metrics', '0']);
  const said = await until(started, 'stderr', '/metrics\n');
  const { origin, host } = new URL(/http:\S+/.exec(said)![0]);
  await asked.promise;
  const metrics = await rawRequest(origin, '/metrics', { host });
  assert.match(String(metrics.headers['content-type']), /^text\/plain; version=0\.0\.4/);
  assert.match(metrics.text, /gossamer_in_flight\{job="\d+"\} 1\n/);
  for (const path of ['/', '/api/jobs', '/api/session']) {
    assert.equal((await rawRequest(origin, path, { host })).status, 404, path);
  }
  answered.resolve();
  assert.equal((await started.finished).code, 0, 'it does not stay');
});

test('serve: a job that is thrown away and begun anew is read anew', async () => {
  await using site = await smallSite();
  const job = newFolder();
  await crawledTo(job, `${site.root}gone`);
  await using asking = await serving([job]);
  const { jobs } = await asking.get<JobsAnswer>('/api/jobs');
  const total = async (): Promise<number> =>
    (await asking.get<TableAnswer>(`/api/jobs/${jobs[0]!.id}/urls?q=state:done`)).total;
  assert.equal(await total(), 1);
  await crawledTo(job, site.root, { fresh: true });
  assert.equal(await total(), 4);
});

test('serve: PostgreSQL gives the same answers', { skip: NO_POSTGRES }, async () => {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  await using site = await smallSite();
  const here = newFolder();
  await crawledTo(here, site.root, { sitemaps: false });
  const there = join(newFolder(), 'there');
  const store = ['--store', database.url];
  const crawled = await gossamer(['crawl', site.root, '-o', there, '-q', '--no-sitemaps', ...store]);
  assert.equal(crawled.code, 0, crawled.stderr);
  for (const words of [
    ['index', here],
    ['index', there, ...store],
  ])
    assert.equal((await gossamer(words)).code, 0);
  const answersOf = async (job: string, url: string | null) => {
    await using asking = await serving([job], null, url);
    const { jobs } = await asking.get<JobsAnswer>('/api/jobs');
    const base = `/api/jobs/${jobs[0]!.id}`;
    const { total, rows } = await asking.get<TableAnswer>(
      `${base}/urls?sort=url&columns=state,status,depth,title,links`,
    );
    const { groups } = await asking.get<GroupsAnswer>(`${base}/groups?by=status`);
    const { urls } = await asking.get<BrokenAnswer>(`${base}/broken`);
    const { children } = await asking.get<TreeAnswer>(`${base}/tree?path=${encodeURIComponent(site.root)}`);
    const { index } = await asking.get<JobAnswer>(base);
    const alike = await asking.get<DuplicatesAnswer | ErrorAnswer>(
      `${base}/near-duplicates`,
      index === 'ready' ? 200 : 409,
    );
    return {
      ...{ index, alike: { ...alike, tookMs: 0 } },
      total,
      rows: rows.map((row) => ({ ...row, id: 0 })),
      groups,
      urls,
      children,
    };
  };
  assert.deepEqual(await answersOf(there, database.url), await answersOf(here, null));
});
