// Session ids and pages that look like them, in whole crawls: what becomes one page, and how it is found again.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from '../../src/store/sqlite/store.ts';
import type { UrlStory } from '../../src/views/report/url-story.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-sessions-'));
after(() => rmSync(folder, { recursive: true }));

const ID_A = '8b0a2f6c5d1e4f7a9b3c0d2e4f6a8b0c';
const ID_B = '0c8b6a4f2e0d3c9b7a4f5d1e2c6f0a8b';
const TALKS = [1, 2, 3, 4, 5].map((talk) => `/talks?session_id=${talk}`);

const answer: Answer = (path, response) => {
  response.setHeader('content-type', 'text/html');
  const links = path === '/' ? [...TALKS, `/cart?sid=${ID_A}`, `/cart?sid=${ID_B}`, `/shop;jsessionid=${ID_A}`] : [];
  response.end(links.map((href) => `<a href="${href}">x</a>`).join(''));
};

test('crawl, why: five talks are five pages, two sessions one, and the other is found', async () => {
  await using site = await serveSite(answer);
  const job = join(folder, 'job');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  const asked = site.log.map(({ path }) => path);
  assert.deepEqual(asked.sort(), ['/', `/cart?sid=${ID_A}`, `/shop;jsessionid=${ID_A}`, ...TALKS].sort());
  const why = async (path: string, ...words: string[]): Promise<string> => {
    const { code, stdout } = await gossamer(['why', site.root + path, job, ...words]);
    assert.equal(code, 0, stdout);
    return stdout.replaceAll(site.root, '/');
  };
  const text = await why(`cart?sid=${ID_B}`);
  const because = `sid=${ID_B}, sid=${ID_A} identifies the visitor, not the page (--keep-parameters keeps them apart)`;
  assert.ok(text.startsWith(`/cart?sid=${ID_A}\n`), text);
  assert.ok(text.includes(`\n  merged    /cart?sid=${ID_B} counts as /cart?sid=${ID_A}: ${because}\n`), text);
  const { takenFor, leftOut, key } = JSON.parse(await why(`cart?sid=${ID_B}`, '--json')) as UrlStory;
  assert.deepEqual(
    [takenFor, leftOut, key],
    [{ url: `/cart?sid=${ID_B}`, leftOut: [`sid=${ID_B}`] }, [`sid=${ID_A}`], '/cart'],
  );
  assert.ok((await why('cart?utm_source=x')).includes('\n  merged    /cart?utm_source=x counts as /cart?sid='));
  assert.ok((await why(`shop;jsessionid=${ID_B}?fbclid=1`)).includes('counts as /shop;jsessionid='));
  assert.match(
    await why(`cart?sid=${ID_A}`),
    /\n {2}merged {4}URLs that differ only in sid count as this URL \(--keep-parameters /,
  );
  assert.equal((JSON.parse(await why('talks?session_id=2', '--json')) as UrlStory).takenFor, null);
  assert.doesNotMatch(await why('talks?session_id=2'), /merged/);
  assert.equal((await gossamer(['why', `${site.root}talks?session_id=6`, job])).code, 1);
});

test('crawl: a job that was begun by the first rules goes on by them', async () => {
  await using site = await serveSite(answer);
  const job = join(folder, 'older');
  mkdirSync(job);
  const roots = [site.root];
  const identity = { roots, scope: 'host', include: [], exclude: [], depth: null, pageRequisites: false };
  const store = await openStore(join(job, 'gossamer.db'), { identity, now: 1 });
  await store.frontier.close();
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  assert.deepEqual(
    site.log.map(({ path }) => path).sort(),
    ['/', `/cart?sid=${ID_A}`, `/shop;jsessionid=${ID_A}`, TALKS[0]].sort(),
  );
  const { stdout } = await gossamer(['why', `${site.root}talks?session_id=5`, job]);
  assert.match(stdout, /session_id=5 counts as \S+session_id=1: session_id=5, session_id=1 identifies the visitor/);
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  assert.equal(site.log.length, 4, 'nothing is asked for twice');
});
