// Inputs 56 to 62: robots.txt and sitemaps.

import { gzipSync } from 'node:zlib';
import {
  done,
  failed,
  type HostileInput,
  NOT_FOUND,
  OK,
  page,
  pouring,
  queued,
  redirect,
  type Served,
  silence,
  skipped,
  type Told,
} from '../hostile-input.ts';

const group = 'host';
const FORBIDS = 'User-agent: *\nDisallow: /forbidden\n';
const text = (body: string): Buffer => page(body, '', `${OK}Content-Type: text/plain\r\n`);
const xml = (body: string): Buffer => page(body, '', `${OK}Content-Type: text/xml\r\n`);
const listing = (urls: readonly string[]): Buffer =>
  xml(`<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`);
/** A gzip of 64 MB of a few bytes. */
const packed = (beginning: string, again: string, type: string): Buffer =>
  page(
    gzipSync(Buffer.concat([Buffer.from(beginning), Buffer.alloc(64 * 1024 * 1024, again)])),
    'Content-Encoding: gzip\r\n',
    `${OK}Content-Type: ${type}\r\n`,
  );
const naming = (path: string): Buffer => xml(`<sitemapindex><sitemap><loc>${path}</loc></sitemap></sitemapindex>`);
const forbidden = { '/forbidden': skipped('robots') };
/** Nothing of such a host is asked for but its robots.txt. */
const held = (letter: string, what: string, robots: Served, told: Told): HostileInput => ({
  ...{ number: `57${letter}`, what, group: 'held', becomes: { '/': told }, unasked: ['/', '/good'] },
  serves: { '/robots.txt': robots },
});
const ENTRIES = 60_000;
const DOUBLINGS = Array.from({ length: 40 }, (_, at) => `<!ENTITY a${at + 1} "&a${at};&a${at};">`).join('');
const ENTITIES = `<!DOCTYPE x [<!ENTITY a0 "a">${DOUBLINGS}<!ENTITY c SYSTEM "file:///etc/passwd">]>`;
const DEEP = 50;
const RULES = Array.from({ length: 20_000 }, (_, at) => `Disallow: /shop/*/${at}${'-a-long-name'.repeat(4)}$\n`).join(
  '',
);
const DENSE = 47_000;
const BLANKS = 500_000;
const WILD = Array.from({ length: DENSE }, (_, at) => `Allow:*${at.toString(36)}\n`).join('');

export const ROBOTS: readonly HostileInput[] = [
  {
    number: '56a',
    what: 'a robots.txt of 1.4 MB',
    group,
    serves: { '/robots.txt': text(FORBIDS + RULES) },
    becomes: forbidden,
    unasked: ['/forbidden'],
    note: 'its first 512 KB are obeyed',
  },
  {
    number: '56b',
    what: `a robots.txt of ${DENSE.toLocaleString('en-US')} rules with stars`,
    // With those of the other sites its rules would be near the bound of memory.
    group: 'any',
    serves: { '/robots.txt': text(`User-agent:*\nDisallow:/*bid\n${WILD}`) },
    becomes: forbidden,
    unasked: ['/forbidden'],
  },
  {
    number: '56c',
    what: 'a robots.txt of 500,000 line ends',
    group,
    serves: { '/robots.txt': text('\n'.repeat(BLANKS) + FORBIDS) },
    becomes: forbidden,
    unasked: ['/forbidden'],
  },
  {
    number: '56d',
    what: 'a robots.txt of 500,000 blanks',
    group,
    serves: { '/robots.txt': text(' '.repeat(BLANKS)) },
    becomes: { '/forbidden': done(404) },
    note: 'it forbids nothing',
  },
  held('a', 'a robots.txt with status 500', page('', '', 'HTTP/1.1 500 Oops\r\n'), queued('500')),
  held('b', 'a robots.txt with status 429', page('', 'Retry-After: 60\r\n', 'HTTP/1.1 429 Slow\r\n'), queued('429')),
  held('c', 'a robots.txt that never comes', silence, failed('first-byte-timeout')),
  {
    number: '58a',
    what: 'a robots.txt that redirects six times',
    group,
    serves: {
      '/robots.txt': redirect('/robots1'),
      ...Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`/robots${at + 1}`, redirect(`/robots${at + 2}`)])),
      '/robots6': text(FORBIDS),
      '/forbidden': page('x'),
    },
    becomes: { '/forbidden': done() },
    unasked: ['/robots6'],
    note: 'as if there was no robots.txt',
  },
  {
    number: '58b',
    what: 'a robots.txt that redirects to another host',
    group,
    serves: { '/robots.txt': redirect('ELSEWHERE/rules') },
    elsewhere: text(FORBIDS),
    becomes: forbidden,
    unasked: ['/forbidden'],
  },
  {
    number: '59a',
    what: `a sitemap of ${ENTRIES.toLocaleString('en-US')} URLs`,
    group,
    serves: { '/sitemap.xml': listing(Array.from({ length: ENTRIES }, (_, at) => `//a/${at}`)) },
    becomes: { 'http://a/49999': skipped('scope') },
    sitemaps: { '/sitemap.xml': { verdict: 'read', entries: 50_000 } },
    note: 'those past 50,000 are counted',
  },
  {
    number: '59b',
    what: 'a sitemap without end',
    group,
    serves: {
      '/sitemap.xml': pouring(
        `${OK}Content-Type: text/xml\r\n\r\n<urlset><url><loc>/listed</loc></url>`,
        Buffer.from('<url><loc>/good</loc></url>\n'.repeat(1_000)),
      ),
      '/listed': page('x'),
    },
    becomes: { '/listed': done() },
    sitemaps: { '/sitemap.xml': { verdict: 'read', isCut: true } },
    note: 'what came of it is read',
  },
  {
    number: '60a',
    what: 'an index of sitemaps that lists itself',
    group,
    serves: { '/sitemap.xml': naming('/sitemap.xml') },
    becomes: {},
    sitemaps: { '/sitemap.xml': { verdict: 'read', entries: 1 } },
    note: 'it is asked once',
  },
  {
    number: '60b',
    what: `indexes of sitemaps, ${DEEP} deep`,
    group,
    serves: {
      '/sitemap.xml': naming('/map1'),
      ...Object.fromEntries(Array.from({ length: DEEP }, (_, at) => [`/map${at + 1}`, naming(`/map${at + 2}`)])),
    },
    becomes: {},
    unasked: ['/map10'],
    note: 'eight are read',
  },
  {
    number: '61a',
    what: 'a sitemap with entities of entities, and of a file',
    group,
    serves: {
      '/sitemap.xml': xml(
        `${ENTITIES}<urlset><url><loc>/x&a40;</loc></url><url><loc>/y&c;</loc></url><url><loc>/listed</loc></url></urlset>`,
      ),
      '/listed': page('listed'),
    },
    becomes: { '/': done() },
    unasked: ['/x', '/y', '/xa'],
    note: 'nothing grows, and no file is read',
  },
  {
    number: '25f',
    what: 'a robots.txt that grows to 64 MB',
    group,
    serves: { '/robots.txt': packed(FORBIDS, 'Disallow: /no/x*y$\n', 'text/plain') },
    becomes: forbidden,
    unasked: ['/forbidden'],
    note: 'its first 512 KB are obeyed',
  },
  {
    number: '25g',
    what: 'a sitemap that grows to 64 MB',
    group,
    serves: { '/sitemap.xml': packed('<urlset>', '<url><loc>/good</loc></url>\n', 'text/xml') },
    becomes: {},
    sitemaps: { '/sitemap.xml': { verdict: 'read', entries: 50_000, isCut: true } },
    note: 'those past 50,000 are counted',
  },
  {
    number: '61b',
    what: 'a sitemap with a parameter entity',
    group,
    serves: {
      '/sitemap.xml': xml(
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "ELSEWHERE/x.dtd">%p;]><urlset><url><loc>/x&q;</loc></url></urlset>',
      ),
    },
    elsewhere: text('<!ENTITY q "y">'),
    becomes: {},
    unasked: ['/x', '/xy'],
    isElsewhereUnasked: true,
    note: 'it is not asked for',
  },
  {
    number: '61c',
    what: 'a sitemap that includes a file',
    group,
    serves: {
      '/sitemap.xml': xml(
        '<urlset><url><loc>/listed</loc><xi:include href="file:///etc/passwd" parse="text"/></url></urlset>',
      ),
      '/listed': page('x'),
    },
    becomes: { '/listed': done() },
    sitemaps: { '/sitemap.xml': { verdict: 'read', entries: 1 } },
    note: 'no file is read',
  },
  {
    number: '62',
    what: 'a sitemap that lists URLs of another host',
    group,
    serves: {
      '/robots.txt': NOT_FOUND,
      '/sitemap.xml': listing(['http://b.example/', '/listed']),
      '/listed': page('x'),
    },
    becomes: { 'http://b.example/': skipped('scope'), '/listed': done() },
  },
];
