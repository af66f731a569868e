// npm run traps: each trap, and the large sites that only look like one; with `-- --write` the table goes into
// docs/reliability.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { runSeed, seededRandom } from '../helpers/random.ts';
import { brands, filter, hashes, monthsOfEvents, newspaper } from './look-alikes.ts';
import {
  ALBUMS,
  archive,
  commits,
  DIARIES,
  equalPages,
  parts,
  pictures,
  seats,
  stubs,
  threads,
  variants,
  views,
} from './quiet-sites.ts';
import { blog, documentation, forum, numberedTree, type RealSite, shop, shopInARow, wiki } from './real-sites.ts';
import { REAL_PAGES } from './trap-pages.ts';
import { trapSites } from './trap-site.ts';
import { type Walk, walk } from './trap-walk.ts';

const PAGES_PAST_MOST = 1_000;
const DOCUMENTATION: readonly (readonly [name: string, folder: string])[] = [
  ['OpenJDK 17', '/usr/share/doc/openjdk-17-doc/api'],
  ['PostgreSQL 15', '/usr/share/doc/postgresql-doc-15/html'],
  ['Rust', '/usr/share/doc/rust-doc/html'],
  ['Python 3.11', '/usr/share/doc/python3.11-doc/html'],
];
const PAGE = new URL('../../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- traps: made by npm run traps -- --write -->';
const END = '<!-- end of traps -->';

const seed = runSeed('traps');
const rows: string[] = [];
let failures = 0;

function show(name: string, asked: number, result: string, isRight: boolean): void {
  rows.push(`| ${name} | ${asked.toLocaleString('en-US')} | ${isRight ? '' : 'WRONG: '}${result} |`);
  console.log(rows.at(-1));
  if (!isRight) failures += 1;
}

function reasonsOf({ aside }: Walk): string {
  const reasons = [...aside.keys()].map((text) => text.replace(/^http:\/\/site\.example/, '').replace(/^\S*: /, ''));
  return [...new Set(reasons)].slice(0, 2).join('; ');
}

for (const { name, site, missing } of trapSites(seed)) {
  const done = await walk(site, REAL_PAGES + PAGES_PAST_MOST, false, seededRandom(seed));
  const lost = missing(done.asked).length;
  const result = done.isOver ? reasonsOf(done) : 'no end';
  show(name, done.asked.size, lost === 0 ? result : `${lost} real pages lost`, done.isOver && lost === 0);
}

const named = (product: number): string =>
  `/product/${['red', 'blue', 'wide', 'tall'][product % 4]}-lamp-${product.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')}`;
const real: readonly (RealSite | null)[] = [
  ...DOCUMENTATION.map(([name, folder]) => documentation(name, folder)),
  shop(50_000, 0),
  shop(50_000, 4),
  shop(50_000, 4, named),
  shopInARow(50_000, 5),
  forum(2_000, 20),
  forum(2_000, 0),
  blog(20, 10),
  numberedTree(50_000, 10),
  wiki(50_000, 4, seed),
  newspaper(126, (year, month, day) => `/${year}/${month}/${day}`),
  newspaper(126, (year, month, day) => `/${day}-${month}-${year}`),
  monthsOfEvents(30),
  filter(700),
  hashes(20_000),
  brands(200, 200),
  views(4_000),
  parts(1_500),
  stubs(),
  equalPages(
    5_000,
    (at) => `/?p=${at}`,
    () => '',
  ),
  pictures(5_000, false),
  pictures(5_000, true),
  archive(
    5_475,
    (day) => `/puzzle/${day}`,
    () => 'Play',
  ),
  archive(
    5_475,
    (day) => `/${day.replaceAll('-', '/')}/`,
    (day) => (day % 3 === 0 ? 'Rain' : 'Sun'),
  ),
  threads(2_000, 6, (thread, nth) => `/msg/${thread * 6 + nth}.html`),
  commits(1_000),
  variants(700, 5),
  seats(20, 30, 20),
  ...DIARIES.map((make) => make(2_500)),
  ...ALBUMS.map((make) => make(5_000)),
];
for (const each of real) {
  if (each === null) continue;
  const done = await walk(each.site, Number.POSITIVE_INFINITY, false, seededRandom(seed));
  const all = each.isKnown ? null : await walk(each.site, Number.POSITIVE_INFINITY, true);
  const paths = all === null ? each.paths() : [...all.asked];
  const lost = paths.filter((path) => !done.asked.has(path)).length;
  const isRight = lost === 0 && done.aside.size === 0;
  show(
    each.name,
    done.asked.size,
    isRight ? 'all pages had, nothing set aside' : `${lost} lost; ${reasonsOf(done)}`,
    isRight,
  );
}

if (process.argv.includes('--write')) {
  const page = readFileSync(PAGE, 'utf8');
  const table = ['| site | pages asked for | what ended it |', '| --- | ---: | --- |', ...rows].join('\n');
  const end = page.indexOf(END);
  writeFileSync(PAGE, `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n${table}\n${page.slice(end)}`);
}
process.exitCode = failures === 0 ? 0 : 1;
