import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOW } from '../../../test/contract/store-samples.ts';
import { MADE_ROOT, type MadeSite, madeJob } from '../../../test/helpers/made-job.ts';
import { type Report, reportOf } from '../../views/report/report.ts';
import { reportLines } from './lines.ts';
import { reportMarkdown } from './markdown.ts';

const COUNT = 25;
const numbers = Array.from({ length: COUNT }, (_, at) => String(at).padStart(2, '0'));
const all = (kind: string): string[] => numbers.map((number) => `/${kind}/${number}`);

/**
 * Of everything more than is shown: broken URLs, pages that link to them, chains, loops, and a chain that is long
 * itself.
 */
function manyOfAll(): MadeSite {
  const site: Record<string, MadeSite[string]> = { '/': { links: [...all('page'), ...all('turn'), '/hop/0'] } };
  for (const number of numbers) {
    site[`/page/${number}`] = { links: [...all('gone'), ...all('chain')] };
    site[`/gone/${number}`] = { status: 404 };
    site[`/chain/${number}`] = { status: 301, to: `/second/${number}` };
    site[`/second/${number}`] = { status: 301, to: '/third' };
    site[`/turn/${number}`] = { status: 302, to: `/return/${number}` };
    site[`/return/${number}`] = { status: 302, to: `/turn/${number}` };
  }
  for (let hop = 0; hop < COUNT; hop += 1) site[`/hop/${hop}`] = { status: 302, to: `/hop/${hop + 1}` };
  return site;
}

async function reportOn(site: MadeSite): Promise<Report> {
  return await reportOf('crawls/a.test', (await madeJob(site)).ledger, NOW);
}

const short = (lines: readonly string[]): string => lines.join('\n').replaceAll(MADE_ROOT, '/');

test('reportLines: of long lists the beginning, and how many more there are', async () => {
  const text = short(reportLines(await reportOn(manyOfAll())));
  const gone = `  404      /gone/00\n${numbers
    .slice(0, 10)
    .map((number) => `           on /page/${number}\n`)
    .join('')}           and 15 others\n`;
  assert.ok(text.includes(`\nBroken links: 50 URLs, linked 650 times\n${gone}  404      /gone/01\n`), text);
  assert.match(
    text,
    /\/page\/09\n {11}and 15 others\n {2}and 30 more\n\nRedirects: 125, 26 chains of several hops, 25 loops\n/,
  );
  const hops = Array.from({ length: 18 }, (_, hop) => `    -> /hop/${hop + 1}\n`).join('');
  assert.ok(
    text.includes(`25 loops\n  /hop/0\n${hops}    -> 6 more\n    -> /hop/25\n  /chain/00\n    -> /second/00\n`),
    text,
  );
  assert.match(text, /-> \/third\n {2}and 6 more\n {2}\/turn\/00\n {4}-> \/return\/00\n {4}-> \/turn\/00\n/);
  assert.match(text, /\n {2}and 5 more\n\nSlowest\n/);
  assert.match(text, /\n--json lists 50 broken URLs\.$/);
});

test('reportMarkdown: the same, in tables', async () => {
  const text = short([reportMarkdown(await reportOn(manyOfAll()))]);
  const on = numbers.slice(0, 10).map((number) => `\`/page/${number}\``);
  assert.ok(text.includes(`\n| 404 | \`/gone/00\` | 25 | ${on.join('<br>')}<br>and 15 others |\n`), text);
  assert.match(
    text,
    /\n\nAnd 30 more\.\n\n### Redirect chains: 26\n\n\| hops \| URLs \|\n\| --- \| --- \|\n\| 25 \| `\/hop\/0` → /,
  );
  assert.match(
    text,
    / → `\/hop\/18` → 6 more → `\/hop\/25` \|\n\| 2 \| `\/chain\/00` → `\/second\/00` → `\/third` \|\n/,
  );
  assert.match(
    text,
    /\n\nAnd 6 more\.\n\n### Redirect loops: 25\n[\s\S]*\| 2 \| `\/turn\/00` → `\/return\/00` → `\/turn\/00` \|\n/,
  );
});

test('reportLines: codes, times and sizes stand beside their URLs, however long they are', async () => {
  const site: MadeSite = {
    '/': { links: ['/a', '/gone', '/slow'] },
    '/a': { error: 'first-byte-timeout' },
    '/gone': { status: 404 },
    '/slow': { elapsedMs: 803_000 },
  };
  const text = short(reportLines(await reportOn(site)));
  assert.match(text, /\n {2}first-byte-timeout {2}\/a\n {22}on \/\n {2}404 {17}\/gone\n {22}on \/\n/);
  assert.match(text, /\nSlowest\n {2}13 min 23 s {2}\/slow\n {2}12 ms {8}\/\n/);
  const loop = short(reportLines(await reportOn({ '/': { status: 302, to: '/b' }, '/b': { status: 302, to: '/' } })));
  assert.match(loop, /\nBroken links: 1 URL, linked 0 times\n {2}redirect-loop {2}\/\n {17}redirects to \/b\n/);
});

test('reportLines, reportMarkdown: where there is nothing, nothing is said of it', async () => {
  const report = await reportOn({ '/': {} });
  const text = short(reportLines(report));
  assert.match(text, /\n\nNo broken links\.\n\nSlowest\n {2}12 ms {4}\/\n\nLargest\n {2}120 B {4}\/$/);
  assert.doesNotMatch(text, /Redirects|hosts|skipped {3}\w+ 1/);
  const markdown = reportMarkdown(report);
  assert.match(markdown, /^## Crawl of `crawls\/a\.test`: finished\n\n\| done \|/);
  assert.doesNotMatch(markdown, /Redirect|Host|Error|Skipped for|undefined|null/);
});
