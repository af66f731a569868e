// Inputs 40 to 56 and 64 to 66: URLs without end, and pages that are made to break their reader or what is made of them
// later.

import { runSeed } from '../../helpers/random.ts';
import { done, type HostileInput, HTML, OK, page, pouring, type Served, skipped, type Told } from '../hostile-input.ts';
import { trapSites } from '../trap-site.ts';

const group = 'host';
const LINKS = 110_000;
/** The most requests for a site with a trap. */
const TRAP_MAX = 1_000;
const LONG_URL = `/${'x'.repeat(1024 * 1024)}`;
/** Over the bound that the others keep. */
const LARGE: ReadonlySet<string> = new Set(['50a', '51']);
const many = (count: number, of: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => of(at)).join('');

/** Inputs that are one page, `/hostile`. */
const PAGES: readonly (readonly [number: string, what: string, served: Served, told: Told])[] = [
  [
    '48',
    `${LINKS.toLocaleString('en-US')} links on one page`,
    page(many(LINKS, (at) => `<a href=//a/${at}>`)),
    done(200, { detail: `${LINKS - 100_000} more links than are kept of one page` }),
  ],
  [
    '49',
    'HTML without end in one line',
    pouring(`${HTML}\r\n<title>right</title>`, Buffer.alloc(64 * 1024, 'word ')),
    done(200, { truncated: 'length', title: 'right' }),
  ],
  [
    '50a',
    'elements nested 1,000,000 deep',
    page(`<title>right</title>${'<div>'.repeat(1_000_000)}`),
    done(200, { title: 'right' }),
  ],
  [
    '51',
    '500,000 attributes on one tag',
    page(`<title>right</title><a ${many(500_000, (at) => `a${at}=b `)}>`),
    done(200, { title: 'right' }),
  ],
  [
    '52a',
    'NULs, invalid UTF-8, lone surrogates',
    page(Buffer.from('<meta charset=utf-8><title>a\0b\xff\xed\xa0\x80c</title>', 'latin1')),
    done(200, { charset: 'utf-8', title: 'a\ufffdb\ufffd\ufffd\ufffd\ufffdc' }),
  ],
  [
    '53a',
    'a header, a meta element and a BOM that disagree',
    page(
      Buffer.from('\xef\xbb\xbf<meta charset=koi8-r><title>\xc3\xa9</title>', 'latin1'),
      '',
      `${OK}Content-Type: text/html; charset=shift_jis\r\n`,
    ),
    done(200, { charset: 'utf-8', title: 'é', detail: 'its header says shift_jis, and its byte order mark utf-8' }),
  ],
  [
    '54a',
    'a PNG image that is sent as HTML',
    page(Buffer.from('\x89PNG\r\n\x1a\n<a href=/no>x</a>', 'latin1')),
    done(200, { detail: 'its type says text/html and it is a PNG image: not read' }),
  ],
  [
    '54b',
    'a PDF document that is sent as HTML',
    page('%PDF-1.7\n<a href=/no>x</a>'),
    done(200, { detail: 'its type says text/html and it is a PDF: not read' }),
  ],
  [
    '55a',
    'a base that leads nowhere, a refresh to itself',
    page('<base href="javascript:x//"><meta http-equiv=refresh content="0;url=/hostile"><a href="/good">x</a>'),
    done(),
  ],
  [
    '55b',
    'a base of 8,000 characters below 5,000 links',
    page(`<title>right</title><base href="/${'b'.repeat(8_000)}/">${many(5_000, (at) => `<a href=${at}>`)}`),
    done(200, { title: 'right' }),
  ],
  ['64', 'terminal escapes in a title', page('<title>\x1b]0;owned\x07\x1b[2J\u009b31m\u202etxt</title>'), done()],
  ['65', 'a formula in a title', page(`<title>=cmd|'/c calc'!A1</title>`), done(200, { title: `=cmd|'/c calc'!A1` })],
];

const TRAPS: readonly (readonly [number: string, kind: string, what: string])[] = [
  ['40', 'months in the path', 'a calendar without end'],
  ['41a', 'a session in each link', 'a session in the query of each link'],
  ['41b', 'a session in the path', 'a session in the path of each link'],
  ['42', 'a relative link', 'a relative link that leads ever deeper'],
  ['43', 'the order of the parameters', 'parameters in every order'],
  ['44', 'babble of new words', 'babble without end'],
];

const seed = runSeed('hostile inputs');
const sites = trapSites(seed);

/**
 * A name of 300 bytes, one that Windows keeps for itself, one that climbs, two that differ in case, and a file where a
 * folder must be.
 */
const NAMES = [`/${'n'.repeat(300)}`, '/CON', '/..%2f..%2f..%2fescaped', '/case', '/CASE', '/file', '/file/below'];

/** Pages that lead from one to the next, and the last one here: by then all that the first page links to is known. */
const wayTo = (end: string, steps: readonly string[]): Record<string, Served> =>
  Object.fromEntries(steps.map((step, at) => [step, page(`<a href="${steps[at + 1] ?? end}">on</a>`)]));

export const CONTENT: readonly HostileInput[] = [
  ...TRAPS.map(([number, kind, what]): HostileInput => {
    const { site, missing } = sites.find(({ name }) => name === kind)!;
    return {
      number,
      what,
      group,
      site,
      missing,
      trapMax: TRAP_MAX,
      becomes: {},
      note: 'what is endless is `skipped`, `trap`',
    };
  }),
  {
    number: '45',
    what: 'a page for what is not there, with status 200',
    group,
    serves: {
      '/gone': page(
        '<title>Oops</title><p>There is nothing of this name on our site, sorry.</p>',
        '',
        'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n',
      ),
      ...wayTo('/hostile', ['/1', '/2', '/3']),
      '/hostile': page('<title>Oops</title><p>There is nothing of this name on our site, sorry.</p>'),
    },
    links: ['/1'],
    hidden: ['/hostile'],
    becomes: { '/gone': done(404), '/hostile': done(200, { detail: '(soft 404)' }) },
  },
  {
    number: '46a',
    what: 'a URL of 1 MB',
    group,
    links: [LONG_URL],
    becomes: { '/': done(200, { detail: '1 link of more than 8192 characters' }) },
    unasked: [LONG_URL],
  },
  {
    number: '47',
    what: 'the name of a host in letters that look like others',
    group,
    links: ['http://www.аррle.example/'],
    becomes: { 'http://www.xn--le-6kcd4h.example/': skipped('scope') },
  },
  ...PAGES.map(
    ([number, what, served, told]): HostileInput => ({
      number,
      what,
      group: LARGE.has(number) ? 'any' : group,
      serves: { '/hostile': served },
      becomes: { '/hostile': told },
      unasked: ['/no'],
    }),
  ),
  {
    number: '66',
    what: 'names that no file may have',
    group,
    serves: Object.fromEntries(NAMES.map((name) => [name, page(`<title>${name.slice(0, 9)}</title>`)])),
    becomes: Object.fromEntries(NAMES.map((name) => [name, done()])),
  },
];
