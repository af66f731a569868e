// Inputs 70 to 79: what costs a crawler memory, time or requests, and has no number of an older list.

import {
  CHUNKED,
  done,
  failed,
  type HostileInput,
  HTML,
  OK,
  page,
  pouring,
  redirect,
  skipped,
} from '../hostile-input.ts';

const group = 'host';
const SITEMAPS = 5_000;
const NAMED = 40_000;
const LINKS = 50_000;
const FORBIDS = 'User-agent: *\nDisallow: /forbidden\n';
const endless = (text: string): Buffer => Buffer.from(text.repeat(1_000));
const links = (count: number, href: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => `<a href="${href(at)}">`).join('');

export const COSTS: readonly HostileInput[] = [
  {
    number: '70a',
    what: 'a redirect with a body without end',
    group,
    serves: { '/hostile': pouring('HTTP/1.1 302 Found\r\nLocation: /good\r\n\r\n', endless('<p>Moved.</p>\n')) },
    becomes: { '/hostile': done(302, { truncated: 'length', redirectTo: '/good' }) },
  },
  {
    number: '70b',
    what: 'a robots.txt without end',
    group,
    serves: { '/robots.txt': pouring(`${OK}Content-Type: text/plain\r\n\r\n${FORBIDS}`, endless('Disallow: /no\n')) },
    becomes: { '/forbidden': skipped('robots') },
    unasked: ['/forbidden'],
    note: 'its first 512 KB are obeyed',
  },
  {
    number: '70c',
    what: 'the extension of a chunk, without end',
    group,
    serves: { '/hostile': pouring(`${CHUNKED}1`, endless(';a=b')) },
    becomes: { '/hostile': failed('http-malformed', { status: 200, truncated: 'disconnect' }) },
  },
  {
    number: '71a',
    what: `an index of ${SITEMAPS.toLocaleString('en-US')} sitemaps of another host`,
    group,
    serves: {
      '/sitemap.xml': page(
        `<sitemapindex>${Array.from({ length: SITEMAPS }, (_, at) => `<sitemap><loc>ELSEWHERE/${at}</loc></sitemap>`).join('')}</sitemapindex>`,
        '',
        `${OK}Content-Type: text/xml\r\n`,
      ),
    },
    elsewhere: page('<urlset></urlset>', '', `${OK}Content-Type: text/xml\r\n`),
    becomes: {},
    isElsewhereUnasked: true,
    note: 'that host is not asked',
  },
  {
    number: '71b',
    what: `a robots.txt that names ${NAMED.toLocaleString('en-US')} sitemaps`,
    group,
    serves: { '/robots.txt': page('Sitemap:/map\n'.repeat(NAMED), '', `${OK}Content-Type: text/plain\r\n`) },
    becomes: {},
    note: 'each is asked once',
  },
  {
    number: '72',
    what: 'a robots.txt in another protocol',
    group: 'held',
    serves: { '/robots.txt': 'SSH-2.0-OpenSSH_9.9\r\n' },
    becomes: { '/': failed('http-malformed') },
    unasked: ['/', '/good'],
  },
  {
    number: '73',
    what: 'a page that always says to come back in a second',
    // Its host waits as it is told, and so is not among those of which every second answer is hostile.
    group: 'any',
    serves: { '/hostile': page('', 'Retry-After: 1\r\n', 'HTTP/1.1 429 Slow\r\n') },
    becomes: { '/hostile': done(429, { asks: [2, 3] }) },
  },
  {
    number: '74a',
    what: `${LINKS.toLocaleString('en-US')} links of another scheme`,
    group,
    serves: { '/hostile': page(links(LINKS, (at) => `x-${at}:y`)) },
    becomes: { '/hostile': done() },
  },
  {
    number: '74b',
    what: 'links with a name and a password',
    group,
    links: ['http://user:secret@c.example/'],
    serves: { '/hostile': redirect('http://user:secret@d.example/') },
    becomes: {
      '/hostile': done(302, { redirectTo: 'http://d.example/' }),
      'http://c.example/': skipped('scope'),
      'http://d.example/': skipped('scope'),
    },
    note: 'they are not kept',
  },
  {
    number: '75',
    what: 'style attributes of nothing but escapes',
    group,
    serves: { '/hostile': page(`<title>right</title>${`<p style="${'\\a'.repeat(40_000)}">`.repeat(8)}`, '', HTML) },
    becomes: { '/hostile': done(200, { title: 'right' }) },
  },
];
