// The encodings of made pages as Chromium has them, which reads a page again where a later element names another: its
// name, and what becomes of a link whose query is not ASCII.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeParser } from '../../src/job/assemble.ts';
import { startChromium } from '../helpers/chromium.ts';
import { type Random, seededRandom } from '../helpers/random.ts';
import { serveSite } from '../helpers/site.ts';

const SEED = Number(process.env['GOSSAMER_SEED'] ?? 11);
const PAGES = Number(process.env['GOSSAMER_CASES'] ?? 40);
const LABELS =
  'koi8-r utf-8 UTF8 windows-1251 cp1252 latin1 shift_jis euc-jp gbk big5 euc-kr iso-8859-2 utf-16 x-user-defined'
    .split(' ')
    .concat('iso-2022-jp', 'iso-2022-jp');
const FAKE = '<meta charset=macintosh>';
const QUERIES = ['\xd0\xcf\xc9\xd3\xcb', "a\x1b$B#1$'\x1b(B&b=c", ' &yen;&#x4f60;~a\tb\xe9 '];

function pick<Thing>(random: Random, things: readonly Thing[]): Thing {
  return things[Math.floor(random() * things.length)]!;
}

/**
 * What may stand in a head before the element; where it stands elsewhere Chromium, and not the standard, lets it be.
 */
function before(random: Random): string {
  const long = (): string => 'x'.repeat(Math.floor(random() ** 3 * 20_000)) + (random() < 0.3 ? FAKE : '');
  const pieces = [
    () => `<!-- ${long()} -->`,
    () => `<script>a = '${long()}'</script>`,
    () => `<style>/* ${long()} */</style>`,
    () => `<title>${long()}</title>`,
    () => `<link rel=x href="${pick(random, ['a', 'b'])}">`,
    () => `<meta name=description content="${long()}">`,
    () => '<meta charset=klingon>',
    () => `\n${' '.repeat(random() * 900)}`,
  ];
  return Array.from({ length: Math.floor(random() * 7) }, () => pick(random, pieces)()).join('');
}

function element(random: Random): string {
  const label = pick(random, LABELS);
  const forms = [
    `<meta charset=${label}>`,
    `<META CHARSET="${label.toUpperCase()}" />`,
    `<meta http-equiv="Content-Type" content="text/html; charset=${label}">`,
    `<meta content='text/html;charset="${label}"' http-equiv=content-type>`,
  ];
  return pick(random, forms);
}

test(`the encoding of ${PAGES} pages is the one that Chromium takes (seed ${SEED})`, async (t) => {
  const browser = await startChromium();
  if (browser === null) return t.skip('no chromium');
  await using stack = new AsyncDisposableStack();
  stack.defer(() => browser.close());
  const random = seededRandom(SEED);
  const pages = Array.from({ length: PAGES }, () => {
    return `<html><head>${before(random)}${element(random)}${element(random)}</head><a href="?${pick(random, QUERIES)}">x</a>`;
  });
  const site = stack.use(
    await serveSite((path, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(Buffer.from(pages[Number(path.slice(1))] ?? '', 'latin1'));
    }),
  );
  const tab = await browser.newPage();
  const parse = makeParser();
  for (const [at, page] of pages.entries()) {
    const url = `${site.root}${at}`;
    await tab.goto(url);
    const [charset, href] = (await tab.evaluate(
      '[document.characterSet, document.links[0].href.replace(/#.*/, "")]',
    )) as [string, string];
    const { charset: ours, links } = await parse(Buffer.from(page, 'latin1'), { url, contentType: 'text/html' });
    assert.deepEqual([ours, links.at(-1)?.url], [charset.toLowerCase(), href], page.replace(/x{9,}/g, 'xxx'));
  }
});
