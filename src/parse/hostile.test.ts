// Pages that are made to hold up a crawl. What is measured is the processor time between two turns of the event loop,
// which other processes of the machine cannot make longer; garbage collection is in it.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ParsedPage } from '../base/contracts.ts';
import {
  LINKS_FREE_LENGTH,
  LINKS_GROWTH_MAX,
  LINKS_LENGTH_PER_PAGE_MAX,
  LINKS_PER_PAGE_MAX,
  URL_LENGTH_MAX,
} from '../base/limits.ts';
import { joinUrl, prepareBase } from '../url/join.ts';
import type { JoinTo } from './join-links.ts';
import { createParser, type ParserOptions } from './parse.ts';

const MB = 2 ** 20;
/** Ten are aimed at; a cold or loaded machine has some room. */
const STALL_MAX_MS = 60;
const LINK = '<a href=end>';
const END = 'http://h.org/end';

const joinTo: JoinTo = (base) => {
  const prepared = prepareBase(base);
  return prepared === null ? null : (href) => joinUrl(href, prepared);
};

interface Parsed {
  readonly links: ParsedPage;
  readonly longestMs: number;
  readonly turns: number;
}

async function parsed(context: TestContext, name: string, body: Uint8Array, charset = 'utf-8'): Promise<Parsed> {
  let longestMs = 0;
  let turns = 0;
  let started = process.threadCpuUsage();
  const lap = (): void => {
    const { user, system } = process.threadCpuUsage(started);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
    started = process.threadCpuUsage();
  };
  const options: ParserOptions = {
    requisites: true,
    headings: true,
    turn() {
      lap();
      turns += 1;
      return Promise.resolve();
    },
  };
  const links = await createParser(joinTo, options)(body, {
    url: 'http://h.org/',
    contentType: `text/html;charset=${charset}`,
  });
  lap();
  context.diagnostic(
    `${name}: ${(body.length / MB).toFixed(1)} MB, ${turns} turns, longest ${longestMs.toFixed(1)} ms`,
  );
  assert.ok(longestMs < STALL_MAX_MS, `${name} held the event loop for ${longestMs} ms`);
  return { links, longestMs, turns };
}

const body = (open: string, filler: string, count: number, close = LINK): Buffer => {
  return Buffer.concat([Buffer.from(open), Buffer.alloc(filler.length * count, filler), Buffer.from(close)]);
};

test('createParser: a gigabyte in one line', async (context) => {
  // Untouched memory takes no room, and what stands in it is as much of a line as any other.
  const line = new Uint8Array(1024 * MB);
  line.set(Buffer.from('<p>'));
  line.set(Buffer.from(LINK), line.length - LINK.length);
  const { links, turns } = await parsed(context, 'one line', line);
  assert.deepEqual(
    links.links.map(({ url }) => url),
    [END],
  );
  assert.ok(turns > 1_000);
});

test('createParser: no token, and no crowd of them, holds up the event loop', async (context) => {
  const pages: Record<string, Buffer> = {
    'nested 1,000,000 deep': body('', '<div>', 1_000_000),
    'svg nested 1,000,000 deep': body('<svg>', '<g>', 1_000_000, `</svg>${LINK}`),
    'foreign content in HTML in foreign content': body('', '<svg><foreignObject>', 100_000),
    '500,000 attributes': body('<p ', 'a=b ', 500_000, `>${LINK}`),
    '500,000 links in one tag': body('<a ', 'href=y ', 500_000, `x>${LINK}`),
    'one comment': body('<!--', 'x-', 4 * MB, `-->${LINK}`),
    'a million comments': body('', '<!-->', MB),
    'one script': body('<script>', '</scrip', MB, `</script>${LINK}`),
    'one script that hides scripts': body('<script>', '<!--<script>', MB, `--></script>${LINK}`),
    'one title': body('<title>', '&lt;', MB, `</title>${LINK}`),
    'one heading': body('<h1>', '<b>x</b>', MB, `</h1>${LINK}`),
    'one value': body('<a href="', 'x', 8 * MB, `">${LINK}`),
    'one srcset': body('<img srcset="', 'x,', 4 * MB, `">${LINK}`),
    references: body('<p title="', '&amp;', MB, `">${LINK}`),
    'a script of JSON': body('<script type=application/ld+json>', '[', 4 * MB, `</script>${LINK}`),
    'open angles': body('', '<', 4 * MB, ` ${LINK}`),
    'cut tags': body('', '<a ', MB, `>${LINK}`),
  };
  for (const [name, page] of Object.entries(pages)) {
    const { links } = await parsed(context, name, page);
    assert.ok(
      links.links.some(({ url }) => url === END),
      name,
    );
  }
});

test('createParser: a large page in an encoding that is read as a whole', async (context) => {
  const filler = '\u8868\u4f60';
  const page = Buffer.concat([Buffer.alloc(16 * MB, Buffer.from(filler, 'utf16le')), Buffer.from(LINK, 'utf16le')]);
  const { links } = await parsed(context, 'utf-16le', page, 'utf-16le');
  assert.deepEqual(
    links.links.map(({ url }) => url),
    [END],
  );
});

test('createParser: ten million links, of which as many are kept as a page may have', async (context) => {
  const { links } = await parsed(context, 'links', body('', '<a href=x>', 10_000_000, ''));
  assert.deepEqual([links.links.length, links.unkept.dropped], [LINKS_PER_PAGE_MAX, 10_000_000 - LINKS_PER_PAGE_MAX]);
});

test('createParser: nor does a feed at a long address', async () => {
  const url = `http://h.example/${'f'.repeat(URL_LENGTH_MAX - 200)}/feed`;
  const bytes = Buffer.from(`<rss><channel>${'<item><link>%</link></item>'.repeat(10_000)}</channel></rss>`);
  const { links, unkept } = await createParser(joinTo)(bytes, { url, contentType: 'application/rss+xml' });
  const length = links.reduce((sum, link) => sum + link.url.length, 0);
  const lengthMax = LINKS_FREE_LENGTH + LINKS_GROWTH_MAX * bytes.length;
  assert.ok(length > lengthMax / 2 && length <= lengthMax, `${length}`);
  assert.ok(unkept.dropped > 0);
});

test('createParser: a long base makes no mountain of short links', async (context) => {
  const base = `/${'b'.repeat(URL_LENGTH_MAX - 100)}/`;
  for (const [count, href] of [
    [50_000, '%'],
    [50_000, `%${'a'.repeat(20)}`],
  ] as const) {
    const lengthMax = Math.min(LINKS_LENGTH_PER_PAGE_MAX, LINKS_FREE_LENGTH + LINKS_GROWTH_MAX * count * href.length);
    const { links } = await parsed(context, 'long base', body(`<base href="${base}">`, `<a href=${href}>`, count, ''));
    const length = links.links.reduce((sum, { url }) => sum + url.length, 0);
    assert.ok(length > lengthMax / 2 && length <= lengthMax, `${length}`);
    assert.equal(links.links.length + links.unkept.dropped, count);
  }
  const longer = await parsed(
    context,
    'no base',
    body(`<base href="/${'b'.repeat(URL_LENGTH_MAX)}/">`, '', 0, '<a href=end>'),
  );
  assert.deepEqual(
    longer.links.links.map(({ url }) => url),
    [END],
  );
});
