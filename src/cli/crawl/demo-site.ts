// A small site on loopback, generated in code, for users without a network. It has what a crawl meets: pages in several
// folders, a redirect, broken links, a folder that robots.txt forbids, slow pages, an image, a link to another site.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { onDemand } from '../../base/on-demand.ts';

const http = onDemand<typeof import('node:http')>('node:http');
const CHAPTERS = 12;
const SLOW_MS = 700;
const TOPICS = [
  'queues',
  'robots',
  'redirects',
  'charsets',
  'links',
  'pace',
  'retries',
  'scope',
  'depth',
  'names',
  'trees',
  'time',
];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly afterMs: number;
}

export interface DemoSite {
  /** `http://127.0.0.1:PORT/`. */
  readonly root: string;
  close(): Promise<void>;
}

/** Serves the site on a free port of 127.0.0.1. */
export async function serveDemoSite(clock: Clock): Promise<DemoSite> {
  const answers = answersOf();
  const server = http().createServer((request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body, afterMs } = answers.get(request.url ?? '') ?? page(404, 'Nothing here', []);
    const answer = (): void =>
      void response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    if (afterMs > 0) clock.after(afterMs, answer);
    else answer();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    root: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Every path of the site and its answer. */
function answersOf(): ReadonlyMap<string, Answer> {
  const guide = numbered(CHAPTERS, (n) => `/guide/${n}.html`);
  const topics = TOPICS.map((topic) => `/topics/${topic}`);
  const news = numbered(CHAPTERS, (n) => `/news/2026-${String(n).padStart(2, '0')}`);
  const answers = new Map<string, Answer>();

  answers.set('/robots.txt', plainText('User-agent: *\nDisallow: /private/\n'));
  answers.set(
    '/',
    page(200, 'The demo site', ['/guide/', '/topics/', '/news/', '/about', '/old-address', 'https://example.com/']),
  );
  answers.set('/about', page(200, 'About', ['/', '/picture.png', '/private/diary', '/missing', '/slow/one']));
  answers.set('/guide/', page(200, 'Guide', guide));
  answers.set('/topics/', page(200, 'Topics', topics));
  answers.set('/news/', page(200, 'News', news));
  guide.forEach((path, at) => {
    answers.set(path, page(200, `Guide, chapter ${at + 1}`, [guide[at + 1] ?? '/guide/', topics[at]!, `${path}#top`]));
  });
  topics.forEach((path, at) => {
    answers.set(path, page(200, `On ${TOPICS[at]}`, ['/topics/', guide[(at + 5) % CHAPTERS]!, '/guide/../about']));
  });
  news.forEach((path, at) => {
    answers.set(
      path,
      page(200, `News of month ${at + 1}`, [news[at + 1] ?? '/missing/too', topics[(at * 7) % TOPICS.length]!]),
    );
  });
  answers.set('/slow/one', { ...page(200, 'A slow page', ['/slow/two', '/']), afterMs: SLOW_MS });
  answers.set('/slow/two', { ...page(200, 'Another slow page', ['/']), afterMs: SLOW_MS });
  answers.set('/private/diary', page(200, 'Nobody should read this', []));
  answers.set('/old-address', { status: 301, headers: { location: '/about' }, body: '', afterMs: 0 });
  answers.set('/picture.png', { status: 200, headers: { 'content-type': 'image/png' }, body: PICTURE, afterMs: 0 });
  answers.set('/style.css', { status: 200, headers: { 'content-type': 'text/css' }, body: STYLE, afterMs: 0 });
  answers.set('/web.svg', { status: 200, headers: { 'content-type': 'image/svg+xml' }, body: drawnWeb(), afterMs: 0 });
  return answers;
}

function page(status: number, title: string, links: readonly string[]): Answer {
  const items = links.map((link) => `<li><a href="${link}">${link}</a></li>`).join('\n');
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><link rel="stylesheet" href="/style.css"></head>
<body>
<img src="/web.svg" alt="a web">
<h1>${title}</h1>
<p>This page is made by <code>gossamer demo</code>.</p>
<ul>
${items}
</ul>
</body>
</html>
`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body, afterMs: 0 };
}

function plainText(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/plain' }, body, afterMs: 0 };
}

function numbered(count: number, name: (n: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => name(at + 1));
}

const STYLE = `body { margin: 3em auto; max-width: 34em; font: 17px/1.6 Georgia, serif; color: #223; background: #f7f5ef }
h1 { font-weight: normal; letter-spacing: 0.02em; border-bottom: 1px solid #cbc6b8 }
img { float: right; width: 150px; margin: -1em 0 1em 2em }
a { color: #1d4ed8; text-decoration: none; border-bottom: 1px dotted }
li { margin: 0.2em 0 }
code { background: #ece8dc; padding: 0 0.3em }
`;

const SPOKES = 10;
const RINGS = 6;

/** The picture: spokes with rings between them. */
function drawnWeb(): string {
  const at = (spoke: number, radius: number): string => {
    const angle = (spoke / SPOKES) * 2 * Math.PI;
    return `${(100 + radius * Math.cos(angle)).toFixed(1)} ${(100 + radius * Math.sin(angle)).toFixed(1)}`;
  };
  const spokes = numbered(SPOKES, (n) => `M100 100L${at(n, 95)}`);
  const rings = numbered(RINGS, (ring) => {
    const radius = ring * 15;
    return `M${at(0, radius)}${numbered(SPOKES, (n) => `Q${at(n - 0.5, radius * 0.85)} ${at(n, radius)}`).join('')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><path fill="none" stroke="#445" d="${[...spokes, ...rings].join('')}"/></svg>`;
}

/** One transparent pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
