// Inputs 56 to 62: robots.txt and sitemaps.

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
    note: 'what came of it is read',
  },
  {
    number: '60a',
    what: 'an index of sitemaps that lists itself',
    group,
    serves: { '/sitemap.xml': naming('/sitemap.xml') },
    becomes: {},
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
    number: '61',
    what: 'a sitemap with entities of entities, and of a file',
    group,
    serves: {
      '/sitemap.xml': xml(
        `${ENTITIES}<urlset><url><loc>/x&a40;</loc></url><url><loc>/y&c;</loc></url><url><loc>/listed</loc></url></urlset>`,
      ),
      '/listed': page('listed'),
    },
    becomes: { '/': done() },
    unasked: ['/x', '/y'],
    note: 'nothing grows, and no file is read',
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
