// What parsing costs: milliseconds a megabyte of HTML against the tokenizers of htmlparser2 and parse5 in the same run,
// and nanoseconds a link for joins, keys and hosts. Run with
//   node bench/parse.ts [folder]
// The folder is a tree of HTML files; the JDK's documentation (Debian's openjdk-17-doc) by default.

import { globSync, readFileSync } from 'node:fs';
import { Tokenizer as Htmlparser2 } from 'htmlparser2';
import { type TokenHandler, Tokenizer } from 'parse5';
import type { Link, Parser } from '../src/base/contracts.ts';
import { asItIs } from '../src/parse/html/attributes.ts';
import { createScanner } from '../src/parse/html/html.ts';
import { wantedFor } from '../src/parse/html/links.ts';
import { createParser } from '../src/parse/parse.ts';
import { hostOf } from '../src/url/host.ts';
import { joinUrl, prepareBase } from '../src/url/join.ts';
import { urlKey } from '../src/url/key.ts';

const FOLDER = process.argv[2] ?? '/usr/share/doc/openjdk-17-doc/api/java.base/java/util/';
const FILES_MAX = 400;
const ROUNDS = 9;
const PAGE = 'https://docs.example.org/api/java.base/java/util/List.html';

const pages = globSync(`${FOLDER}/**/*.html`)
  .slice(0, FILES_MAX)
  .map((file) => readFileSync(file));
const megabytes = pages.reduce((sum, { length }) => sum + length, 0) / 1e6;
const context = { url: PAGE, contentType: 'text/html; charset=utf-8' };

const links: Link[] = [];

console.log(`${pages.length} files, ${megabytes.toFixed(1)} MB`);
// What joins to nothing would be looked at for being no URL.
const scan = createParser(() => () => 'about:blank');
const joinTo = (page: string) => {
  const prepared = prepareBase(page);
  return prepared === null ? null : (href: string) => joinUrl(href, prepared);
};
const parse = createParser(joinTo);
const parseAll = createParser(joinTo, { requisites: true, headings: true });
await report('scan, joins not included', 'ms/MB', megabytes, () => eachPage(scan));
await report('parse, joins included', 'ms/MB', megabytes, () => eachPage(parse));
await report('parse, all links and texts', 'ms/MB', megabytes, () => eachPage(parseAll));
// What is like a tokenizer by itself; behind the others, because a scanner that has seen several sinks is slower.
const scanAlone = createScanner(...wantedFor({ requisites: false, headings: false }));
await report('scanner alone', 'ms/MB', megabytes, () => pages.forEach(tokenizeOurs));
await report("htmlparser2's tokenizer", 'ms/MB', megabytes, () => pages.forEach(tokenizeFast));
await report("parse5's tokenizer", 'ms/MB', megabytes, () => pages.forEach(tokenize));

const hrefs: string[] = [];
await createParser(() => (href) => {
  hrefs.push(href);
  return null;
})(Buffer.concat(pages), context);
const base = prepareBase(PAGE)!;
const urls = hrefs.flatMap((href) => joinUrl(href, base) ?? []);

await report('joinUrl', 'ns/link', hrefs.length / 1e6, () => hrefs.forEach((href) => void joinUrl(href, base)));
await report('new URL', 'ns/link', hrefs.length / 1e6, () => hrefs.forEach((href) => void URL.parse(href, PAGE)?.href));
await report('urlKey', 'ns/link', urls.length / 1e6, () => urls.forEach((url) => void urlKey(url)));
await report('hostOf', 'ns/link', urls.length / 1e6, () => urls.forEach((url) => void hostOf(url)));

async function eachPage(by: Parser): Promise<void> {
  for (const page of pages) {
    const links = by(page, context);
    if (links instanceof Promise) await links;
  }
}

function tokenizeOurs(page: Buffer): void {
  scanAlone({ text: page.toString('latin1'), decode: asItIs, isXml: false }, { onTag: nothing, onTitle: nothing });
}

function tokenizeFast(page: Buffer): void {
  const tokenizer = new Htmlparser2(
    { decodeEntities: true },
    {
      onattribdata: nothing,
      onattribentity: nothing,
      onattribend: nothing,
      onattribname: nothing,
      oncdata: nothing,
      onclosetag: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onend: nothing,
      onopentagend: nothing,
      onopentagname: nothing,
      onprocessinginstruction: nothing,
      onselfclosingtag: nothing,
      ontext: nothing,
      ontextentity: nothing,
    },
  );
  tokenizer.write(page.toString());
  tokenizer.end();
}

function nothing(): void {}

function tokenize(page: Buffer): void {
  const handler: TokenHandler = {
    onComment: nothing,
    onDoctype: nothing,
    onStartTag({ attrs, tagName }) {
      if (tagName === 'a' && attrs.length > 0) links.length = 0;
    },
    onEndTag: nothing,
    onEof: nothing,
    onCharacter: nothing,
    onNullCharacter: nothing,
    onWhitespaceCharacter: nothing,
  };
  new Tokenizer({ sourceCodeLocationInfo: false }, handler).write(page.toString(), true);
}

/** The best and the median of the rounds; `size` is in units of a million for times a thing. */
async function report(name: string, unit: string, size: number, work: () => unknown): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await work();
    times.push((performance.now() - started) / size);
  }
  times.sort((a, b) => a - b);
  const median = times[ROUNDS >> 1]!;
  console.log(
    `${name.padEnd(26)} ${median.toFixed(2).padStart(8)} ${unit} (best ${times[0]!.toFixed(2)}, worst ${times.at(-1)!.toFixed(2)})`,
  );
}
