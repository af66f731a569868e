import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { NOW } from '../../../../test/contract/store-samples.ts';
import { MADE_ROOT, type MadeSite, madeJob } from '../../../../test/helpers/made-job.ts';
import type { RunFigures } from '../../../base/contracts.ts';
import { reportOf } from '../report.ts';
import { createShape } from '../shape.ts';
import { cut, html, visible } from './markup.ts';
import { reportHtml } from './page.ts';

const MEGABYTE = 1024 * 1024;
const COMMANDS = { report: 'gossamer report job --json', rows: 'gossamer export csv job -o urls.csv' };
const RUN = { startedAt: NOW - 10_000, updatedAt: NOW + 10_000, endedAt: NOW + 10_000 } as RunFigures;

async function pageOf(site: MadeSite, roots = [MADE_ROOT]): Promise<string> {
  const { ledger } = await madeJob(site);
  const shape = createShape([RUN]);
  const report = await reportOf('a job', ledger, NOW, [], shape.add);
  return reportHtml({ report, shape: shape.shape, roots, commands: COMMANDS, now: NOW });
}

interface Read {
  readonly names: ReadonlySet<string>;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly text: string;
  readonly errors: readonly string[];
}

/** What a browser makes of the page. */
function read(page: string): Read {
  const errors: string[] = [];
  const names = new Set<string>();
  const attributes: [string, string][] = [];
  let text = '';
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) {
      names.add(node.tagName);
      for (const { name, value } of node.attrs) attributes.push([name, value]);
    } else if (node.nodeName === '#text') text += (node as DefaultTreeAdapterTypes.TextNode).value;
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(page, { onParseError: ({ code }) => errors.push(code) }));
  return { names, attributes, text, errors };
}

const HOSTILE = `</title></style><script>alert(1)</script><img src=x onerror=alert(2)>"'&lt; \u202egpj.\u2066\u0007\u{e0041}\ud800`;

test('reportHtml: what pages say stays text, whatever it is', async () => {
  const page = await pageOf({
    '/': { links: ["/'onmouseover='x", '/a?b=<b>&c="d"', '/long'], title: HOSTILE },
    "/'onmouseover='x": { status: 404 },
    '/a?b=<b>&c="d"': { title: HOSTILE.repeat(600) },
    '/long': { title: 'x'.repeat(64 * 1024) },
  });
  const { names, attributes, text, errors } = read(page);
  assert.deepEqual(errors, []);
  for (const name of ['script', 'img', 'iframe', 'object', 'link', 'base', 'form']) assert.ok(!names.has(name), name);
  for (const [name, value] of attributes) {
    assert.doesNotMatch(name, /^(on|style$|src|srcset|action)/);
    if (name === 'href') assert.match(value, /^(?:https?:\/\/|#)/);
  }
  assert.ok(text.includes('</title></style><script>alert(1)</script><img src=x onerror=alert(2)>'));
  assert.ok(text.includes('\u2039U+202E\u203agpj.\u2039U+2066\u203a\u2407\u2039U+E0041\u203a\ufffd'));
  assert.doesNotMatch(page, /(?!\n)[\p{Cc}\p{Bidi_Control}\u{e0000}-\u{e007f}]/u);
  assert.ok(page.length < 60_000, String(page.length));
});

test('reportHtml: its policy allows its own style and nothing else', async () => {
  const page = await pageOf({ '/': {} });
  const [, style] = /<style>([^<]*)<\/style>/.exec(page)!;
  const own = createHash('sha256').update(style!).digest('base64');
  const policy = read(page).attributes.find(([, value]) => value.startsWith('default-src'))?.[1];
  assert.equal(policy, `default-src 'none'; style-src 'sha256-${own}'; base-uri 'none'; form-action 'none'`);
  assert.doesNotMatch(page.replaceAll(MADE_ROOT, ''), /https?:/);
});

test('reportHtml: the answer first, then charts and lists, each number as text', async () => {
  const page = await pageOf({
    '/': { links: ['/docs/a', '/docs/gone', '/r1', '/docs/dead', '/private'], elapsedMs: 300 },
    '/docs/gone': { status: 404 },
    '/docs/dead': { error: 'reset' },
    '/r1': { status: 302, to: '/r2' },
    '/r2': { status: 302, to: '/docs/a' },
    '/private': { reason: 'robots' },
  });
  const { text, names } = read(page);
  assert.match(text, /Finished\. 2 broken URLs, and 2 links to them\./);
  assert.match(text, /URLs a second\. At most [\d.]+ URLs a second, .* The marks below are 2 failures\./);
  assert.match(text, /Status codes\s+statusURLs\s+2002\s+3022\s+4041/);
  assert.match(text, /Folders\s+folderURLs\s+\/4[\d.]+ KB\s+\/docs\/3[\d.]+ B, 2 broken/);
  assert.match(text, /0\.25 to 0\.5 s1/);
  assert.match(text, /Redirect chains of several hops: 1/);
  assert.ok(names.has('svg') && names.has('figure'));
  assert.match(read(await pageOf({ '/': {} })).text, /Finished\. No broken links\./);
});

test('reportHtml: a report of 100,000 URLs is under a megabyte, also if every address is as long as it may be', async () => {
  const leaf = (hub: number, at: number): string => `/h${hub}/p${at}.html`;
  const hubs = Array.from({ length: 100 }, (_, hub) => hub);
  const site: Record<string, MadeSite[string]> = { '/': { links: hubs.map((hub) => `/h${hub}/`) } };
  for (const hub of hubs) {
    const links = Array.from({ length: 1_000 }, (_, at) => leaf(hub, at));
    site[`/h${hub}/`] = { links: [...links, '/gone'] };
    for (let at = 0; at < 1_000; at += 10) site[leaf(hub, at)] = { status: 404, title: HOSTILE };
  }
  site['/gone'] = { status: 410 };
  const page = await pageOf(site);
  assert.match(read(page).text, /100,\d{3}/);
  assert.match(page, /The first \d+ of 10,001\. The first 1,000: <code>gossamer report job --json<\/code>/);
  assert.ok(page.length < MEGABYTE / 2, String(page.length));

  const long = (name: string): string => `/${name}?${'&'.repeat(1_950)}`;
  const many = Array.from({ length: 900 }, (_, at) => long(`l${at}`));
  const worst = await pageOf({
    '/': { links: many },
    ...Object.fromEntries(many.slice(0, 500).map((path) => [path, { status: 404 }])),
    ...Object.fromEntries(many.slice(500).map((path, at) => [path, { status: 302, to: many[501 + at] ?? many[500]! }])),
  });
  assert.ok(worst.length < MEGABYTE, String(worst.length));
  assert.match(worst, /The first \d+ of \d+\. All of them: <code>gossamer report job --json<\/code>/);
});

test('html: only the text of the template is markup', () => {
  assert.equal(html`<b>${'<i>'}</b>${1}${[html`<p>`, html`${'"'}`]}`.html, '<b>&lt;i&gt;</b>1<p>&quot;');
});

test('visible: a sign for what nobody sees, and nothing for what scripts and emoji need', () => {
  assert.equal(
    visible('a\tb\u200ec\u200dd\u00ade\u007f'),
    'a\u2409b\u2039U+200E\u203ac\u200dd\u00ade\u2039U+007F\u203a',
  );
});

test('cut: the beginning and the end, and no half of a character', () => {
  assert.equal(cut('abcdefghij', 4), 'ab … ij');
  assert.equal(cut('abcd', 4), 'abcd');
  assert.ok(cut('😀'.repeat(10), 5).isWellFormed());
});
