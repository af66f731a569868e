// A small site for the page of the server: pages in five languages, links that are broken, redirects, a hostile title.

import { type Answer, type Site, serveSite } from './site.ts';

/** A word of each page, which no other page has. */
export const WORDS = {
  en: ['pumpkin', 'Roast the pumpkin slowly, then add cream and pepper.'],
  de: ['Kürbis', 'Den Kürbis langsam rösten, dann Sahne und Pfeffer dazugeben.'],
  ru: ['тыква', 'Медленно запеките, это тыква, затем добавьте сливки и перец.'],
  zh: ['南瓜', '把南瓜慢慢烤熟，然后加入奶油和胡椒。'],
  ja: ['かぼちゃ', 'かぼちゃをゆっくり焼いて、クリームと胡椒を加えます。'],
} as const;

/** It would run as markup, and it turns what follows it around. It is 64 KB long. */
export const HOSTILE_TITLE = `<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">\u202eeltit\u202c${'x'.repeat(65_536)}`;

const RUNS = '"><img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>';
/** Besides titles a site may put markup into the language of a page, its links, its addresses, its header fields. */
const HOSTILE_PAGE = `<html lang='${RUNS}'><title>${HOSTILE_TITLE.replaceAll('<', '&lt;')}</title><p>hostilities</p>
  <a href='http://[${RUNS}'>no URL</a> <a href='/folder${RUNS}/?${RUNS}'>an odd folder</a>`;

/** Links of one page to another host: as many rows, and no request. */
export const ELSEWHERE = 20_000;

const languages = Object.entries(WORDS)
  .map(([language]) => `<li><a href="/${language}">${language}</a></li>`)
  .join('');

const STRICT_PAGE =
  '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Strict</title></head><body><p>Well formed.</p></body></html>';

const PAGES: Readonly<Record<string, string>> = {
  '/': `<title>Soups</title><h1>Soups</h1><ul>${languages}</ul><p><a href="/missing">gone</a> <a href="/old">moved</a>
    <a href="/hostile">odd</a> <a href="/xhtml">strict</a> <a href="/xml">stricter</a> <a href="/pictures/">pictures</a> <a href="/many">many</a></p>`,
  '/new': '<title>New</title><p>It has moved here. <a href="/missing">gone too</a></p>',
  '/hostile': HOSTILE_PAGE,
  '/xhtml': STRICT_PAGE,
  '/xml': STRICT_PAGE,
  '/many': Array.from({ length: ELSEWHERE }, (_, at) => `<a href="http://elsewhere.example/${at}">${at}</a>`).join(' '),
  '/pictures/': `<title>Pictures</title><p>A picture from elsewhere.</p><img src="http://elsewhere.example/a.png" alt="">
    <script>document.title = 'it ran'; fetch('/from-a-script')</script><a href="/en">soup</a> <a href="/never">not there</a>`,
};

const TYPES: Readonly<Record<string, string>> = {
  '/xhtml': 'application/xhtml+xml',
  '/xml': 'application/xml',
};

export function servePageSite(): Promise<Site> {
  const answer: Answer = (path, response) => {
    const told = WORDS[path.slice(1) as keyof typeof WORDS];
    const page =
      told === undefined
        ? PAGES[path]
        : `<html lang="${path.slice(1)}"><title>${told[0]}</title><h1>${told[0]}</h1><p>${told[1]}</p>`;
    const to: Readonly<Record<string, string>> = { '/old': '/older', '/older': '/new' };
    if (path === '/hostile') response.setHeader('x-odd', RUNS);
    if (path.startsWith('/folder')) response.writeHead(410, { 'content-type': `text/html; ${RUNS}` }).end(HOSTILE_PAGE);
    else if (to[path] !== undefined) response.writeHead(301, { location: to[path] }).end();
    else
      response
        .writeHead(page === undefined ? 404 : 200, { 'content-type': `${TYPES[path] ?? 'text/html'}; charset=utf-8` })
        .end(page ?? 'no');
  };
  return serveSite(answer, 'User-agent: *\nDisallow: /never\n');
}
