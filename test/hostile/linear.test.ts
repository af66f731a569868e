// Every reader of what strangers send is linear: its input is doubled three times, and its time must not more than
// double twice in a row.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHead } from '../../src/archive/http-head.ts';
import { contentTypeOf, headerAll, wordsOf } from '../../src/base/headers.ts';
import { plain } from '../../src/cli/plain.ts';
import { readChallenges } from '../../src/fetch/auth/challenges.ts';
import { BodyMemory } from '../../src/fetch/body-memory.ts';
import { readSetCookie } from '../../src/fetch/cookies/set-cookie.ts';
import { parseHead } from '../../src/fetch/http1/response-head.ts';
import { ResponseReader } from '../../src/fetch/http1/response-reader.ts';
import { fingerprintOf } from '../../src/parse/fingerprint.ts';
import { findLoginForm } from '../../src/parse/html/login-form.ts';
import { createSitemapReader } from '../../src/parse/lists/lists.ts';
import { createParser } from '../../src/parse/parse.ts';
import { robotsTagDirectives } from '../../src/parse/robots-tag.ts';
import { retryAfterMs } from '../../src/politeness/retry-after.ts';
import { robotsRecord } from '../../src/robots/policy.ts';
import { parseRobots, rulesFor } from '../../src/robots/rules.ts';
import { isLost } from '../../src/robots/text.ts';
import { createLinkMemory, pageWords } from '../../src/search/page-words.ts';
import { searchRules } from '../../src/search/signals.ts';
import { termsOf } from '../../src/search/terms.ts';
import { createTraps } from '../../src/traps/traps.ts';
import { createBases, joinUrl } from '../../src/url/join.ts';
import { urlKey } from '../../src/url/key.ts';
import { looksLikeLogout } from '../../src/url/logout.ts';
import { createScope } from '../../src/url/scope.ts';
import { fileSegments } from '../../src/views/file-names.ts';
import { pageMarkdown } from '../../src/views/markdown/page.ts';
import { mirroredPage } from '../../src/views/mirror/page.ts';
import { mirroredSheet } from '../../src/views/mirror/style.ts';
import { ADDRESSES, TRAP_ADDRESSES } from './address-inputs.ts';
import { costs, isSteep, type Reader } from './doubling.ts';
import {
  FIELDS,
  HEADS,
  HTTP,
  LISTS,
  MARKDOWN,
  many,
  PAGES,
  RESPONSES,
  ROBOTS,
  SHEETS,
  type Table,
  TEXTS,
} from './inputs.ts';

const URL_HERE = 'http://h.example/a/b';

function readers(group: string, read: (text: string) => unknown, table: Table): Reader<string>[] {
  return Object.entries(table).map(([name, make]) => ({ name: `${group}: ${name}`, make, read }));
}

// --- what comes over the wire
// ------------------------------------------------------------------------------------------

/** In pieces of a few bytes, as a hostile server sends them. */
function readResponse(text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  const reader = new ResponseReader(new BodyMemory(), false, bytes.length);
  for (let at = 0; at < bytes.length && !reader.isDone; at += 7) reader.push(bytes, at, Math.min(at + 7, bytes.length));
  reader.end();
}

const headers = (value: string): string[] => [
  ...['Retry-After', value, 'Date', value, 'Cache-Control', value, 'Location', value, 'Content-Type', value],
  ...['Content-Encoding', value, 'X-Robots-Tag', value],
];

function readFields(value: string): unknown {
  const fields = headers(value);
  const answer = { status: 200, headers: fields, error: null, truncated: null, body: Buffer.alloc(0), refused: null };
  return [
    retryAfterMs(fields, 0),
    robotsRecord(answer as never, 0),
    wordsOf(value),
    headerAll(fields, 'location'),
    contentTypeOf(fields),
    readSetCookie(value, 0),
    readChallenges([value]),
    robotsTagDirectives([value], 'x'),
    joinUrl(value, URL_HERE),
    readHead(Buffer.from(`${HTTP}A: ${value}\r\n\r\n`)),
    plain(value),
  ];
}

// --- pages
// -------------------------------------------------------------------------------------------------------------

const baseOf = createBases();
const joinTo = (base: string) => {
  const prepared = baseOf(base);
  return prepared === null ? null : (href: string) => joinUrl(href, prepared);
};
const parse = createParser(joinTo, { requisites: true, headings: true, turn: async () => {} });
const readAs = (contentType: string) => (text: string) =>
  parse(Buffer.from(text, 'latin1'), { url: URL_HERE, contentType, robotsTags: [] });
const readHeaderLinks = (value: string): unknown =>
  parse(Buffer.alloc(0), {
    url: URL_HERE,
    contentType: 'image/png',
    robotsTags: [],
    linkHeaders: [value],
    refreshes: [value],
  });

async function readSitemap(text: string): Promise<number> {
  const context = { url: URL_HERE, contentType: 'text/xml', robotsTags: [] };
  let entries = 0;
  for await (const { listed } of createSitemapReader(joinTo)(Buffer.from(text), context)) entries += listed.length;
  return entries;
}

// --- robots.txt and addresses
// ------------------------------------------------------------------------------------------

const DECIDED = [`http://h.example/${'a/'.repeat(4_000)}`, `http://h.example/${'a'.repeat(8_000)}`];

function readRobots(text: string): unknown {
  const bytes = Buffer.from(text);
  const rules = rulesFor(parseRobots(bytes), 'gossamer');
  return [isLost(bytes), ...DECIDED.map(rules.decide)];
}

const readSignals = (text: string): unknown =>
  searchRules(Buffer.from(`Content-Signal: search=no\n${text}`), 'gossamer');

const EXCLUDED = ['(\\w+/)+\\w+\\.(png|jpg)$', '(a+)+b$', '[?&](utm|sid)='];
const scopeOf = (root: string, scope: 'host' | 'prefix' | 'site') =>
  createScope({ roots: [root], scope, strict: false, include: [], exclude: EXCLUDED, depth: null });
const scopes = (['host', 'prefix', 'site'] as const).map((scope) => scopeOf('http://h.example/x/', scope));

function readAddress(text: string): unknown {
  const url = joinUrl(text, URL_HERE) ?? text;
  // The longest that is looked at.
  const short = url.slice(0, 8_000);
  const isUrl = URL.canParse(url);
  return [
    urlKey(url),
    looksLikeLogout(url, true),
    isUrl && fileSegments(url, ''),
    scopes.map((each) => each.admits(short, 1)),
    isUrl && scopeOf(url, 'prefix').ended(url, 200),
  ];
}

function readTrap(url: string): unknown {
  const traps = createTraps(fingerprintOf, () => 2026);
  const reading = traps.read({ url, depth: 1, status: 200, isPage: true, body: Buffer.from('x') });
  traps.settled(reading, { digest: 1, links: () => [url], fresh: [url] });
  return traps.leased(url, 1);
}

// --- the views
// ---------------------------------------------------------------------------------------------------------

const readMarkdown = (text: string): string =>
  pageMarkdown({ url: URL_HERE, contentType: 'text/html', body: Buffer.from(text), frontMatter: '' });
const readWords = (text: string): unknown =>
  pageWords(Buffer.from(text, 'latin1'), 'text/html', URL_HERE, createLinkMemory());
const toNowhere = { of: () => null } as never;
const readMirror = (text: string): unknown =>
  mirroredPage(Buffer.from(text), { url: URL_HERE, contentType: 'text/html', isXml: false, file: 'a' }, toNowhere);

const ALL: readonly Reader<string>[] = [
  ...readers('head', (text) => parseHead(text), HEADS),
  ...readers('response', readResponse, RESPONSES),
  ...readers('field', readFields, FIELDS),
  ...readers('links of a field', readHeaderLinks, FIELDS),
  ...readers('page', readAs('text/html'), PAGES),
  ...readers('style sheet', readAs('text/css'), SHEETS),
  ...readers('mirrored style', (text) => mirroredSheet(Buffer.from(text), 'text/css', () => 'x'), SHEETS),
  ...readers('xml', readAs('application/xhtml+xml'), LISTS),
  ...readers('feed', readAs('application/xml'), LISTS),
  ...readers('sitemap', readSitemap, LISTS),
  ...readers('robots.txt', readRobots, ROBOTS),
  ...readers('signals of robots.txt', readSignals, ROBOTS),
  ...readers('address', readAddress, ADDRESSES),
  ...readers('trap', readTrap, TRAP_ADDRESSES),
  ...readers('Markdown', readMarkdown, MARKDOWN),
  ...readers('mirrored page', readMirror, PAGES),
  ...readers('words of a page', readWords, PAGES),
  ...readers('fingerprint', (text) => fingerprintOf(Buffer.from(text)), PAGES),
  ...readers('login form', (text) => findLoginForm(Buffer.from(text), 'text/html'), PAGES),
  ...readers('terms', (text) => termsOf(text, 'en'), TEXTS),
];

test('isSteep: catches what takes the square, and nothing that doubles', () => {
  assert.equal(isSteep([5, 20, 80, 320]), true);
  assert.equal(isSteep([100, 210, 400, 850]), false);
  assert.equal(isSteep([0, 1, 4, 16]), false, 'too little to say');
  assert.equal(isSteep([40, 50, 200, 390]), false, 'once may be noise');
});

test('costs: grow with the square where a reader does', async () => {
  const read = (text: string): number => {
    let found = 0;
    for (let at = 0; at < text.length; at += 1) if (text.indexOf('b', at) < 0) found += 1;
    return found;
  };
  assert.equal(isSteep(await costs({ name: 'searches to the end', make: many('a'), read, size: 32 * 1024 })), true);
});

for (const [group, list] of Map.groupBy(ALL, ({ name }) => name.slice(0, name.indexOf(':')))) {
  test(`${group}: every reader is linear`, async () => {
    const steep: string[] = [];
    for (const reader of list) {
      const measured = await costs(reader);
      if (isSteep(measured)) steep.push(`${reader.name}: ${measured.map((ms) => ms.toFixed(1)).join(', ')} ms`);
    }
    assert.deepEqual(steep, []);
  });
}
