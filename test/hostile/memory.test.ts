// What a hostile site may cost of memory and of time in one go, asked of the real command with all defaults.

import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platform } from 'node:os';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { allOf } from '../../src/base/paged.ts';
import { startGossamer } from '../helpers/gossamer.ts';
import { jobFolders, reading } from '../helpers/job-folders.ts';
import { watchedIn, watching } from './watched-run.ts';

const MB = 1024 * 1024;
const PEAK_BYTES_MAX = 300 * MB;
const STALL_MS_MAX = 50;
const ENDLESS = 32;
const GOOD = 32;
/** Bodies that come to their limit before the crawl is stopped. */
const CUT = 6;
const BOMBS = 10;
const PAGE = Buffer.from('<p>Some text of a page without end. <a href="/good0">x</a>\n'.repeat(1_000));

const newJob = jobFolders('memory');

/** Sends as much as is taken. */
function pour(response: ServerResponse, gone: () => void): void {
  const more = (): void => {
    while (!response.destroyed && response.write(PAGE));
  };
  response.on('drain', more);
  response.on('close', gone);
  more();
}

const addresses = (name: string, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, at) => `<a href="/${name}${from + at}">x</a>`).join('\n');

interface Site {
  readonly links: string;
  readonly hostile: (response: ServerResponse, path: string) => void;
  /** More words of the command. */
  readonly flags?: readonly string[];
  /** Called with how many of the good pages were asked for, as they are. */
  readonly onGood?: (had: number) => void;
}

/** Crawls a site of good and hostile pages; `enough` ends it before its end. */
async function crawled({ links, hostile, flags = [], onGood }: Site, enough: Promise<void> | null) {
  const had = new Set<string>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/hostile')) hostile(response, path);
    else if (path === '/' || path.startsWith('/good')) {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(path === '/' ? links : '<title>good</title>');
      if (path !== '/') onGood?.(had.add(path).size);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const job = newJob();
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { child, finished } = startGossamer(['crawl', root, '-o', job, ...flags], watching(job));
  if (enough !== null) await Promise.race([enough, finished]).then(() => child.kill('SIGINT'));
  await finished;
  server.closeAllConnections();
  server.close();
  const { peakBytes, stallMs } = watchedIn(job);
  assert.ok(peakBytes <= PEAK_BYTES_MAX, `${Math.round(peakBytes / MB)} MB`);
  assert.ok(stallMs <= STALL_MS_MAX, `${stallMs} ms`);
  const rows = await reading(job, (ledger) => allOf(ledger.rows.all({ state: 'done' })));
  assert.equal(rows.filter(({ url }) => url.includes('/good')).length, GOOD);
  return rows.filter(({ url }) => url.includes('/hostile'));
}

const onLinux = { skip: platform() !== 'linux' && 'the peak is read from /proc' };

test(
  'pages without an end take no more memory than there is for all bodies, and other pages are had',
  onLinux,
  async () => {
    const enough = Promise.withResolvers<void>();
    let cut = 0;
    let good = 0;
    const look = (): void => {
      if (cut >= CUT && good === GOOD) enough.resolve();
    };
    const site: Site = {
      links: addresses('hostile', 0, CUT) + addresses('good', 0, GOOD) + addresses('hostile', CUT, ENDLESS),
      hostile(response) {
        response.writeHead(200, { 'Content-Type': 'text/html' });
        pour(response, () => {
          cut += 1;
          look();
        });
      },
      onGood(had) {
        good = had;
        look();
      },
    };
    const rows = await crawled(site, enough.promise);
    assert.ok(rows.length > 0);
    for (const { detail, truncated, archive } of rows) {
      assert.ok(detail?.startsWith(`the body was cut at ${64 * MB} bytes`), detail ?? '');
      assert.equal(truncated, 'length');
      assert.ok(archive !== null);
    }
  },
);

test('nor do pages that grow to it out of a small gzip', onLinux, async () => {
  const packed = gzipSync(Buffer.alloc(64 * MB, PAGE));
  const site: Site = {
    links: addresses('hostile', 0, BOMBS) + addresses('good', 0, GOOD),
    hostile: (response) =>
      void response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(packed),
  };
  assert.equal((await crawled(site, null)).length, BOMBS);
});

const deepLinks = (path: string, folder: string): string =>
  Array.from({ length: 250 }, (_, at) => `<a href=${path}${at}%20${folder.repeat(7_800 / folder.length)}>`).join('');

const LONG_NAME = 'x'.repeat(7_900);
/** Pages that become long only when their links are joined, and pages that are long. By name, with how many of them. */
const OF_LONG_LINKS: Readonly<Record<string, readonly [count: number, page: (path: string) => string]>> = {
  'short pages with a long base': [
    32,
    (path) =>
      `<base href="${path}${LONG_NAME}/">${Array.from({ length: 5_000 }, (_, at) => `<a href=${at}>`).join('')}`,
  ],
  'pages of long links': [
    8,
    (path) => Array.from({ length: 500 }, (_, at) => `<a href=${path}${LONG_NAME}${at}>`).join(''),
  ],
  'pages of links with thousands of folders': [4, (path) => deepLinks(path, '/')],
  'pages of links whose folders are no UTF-8': [4, (path) => deepLinks(path, '/%e6')],
};

for (const [name, [count, page]] of Object.entries(OF_LONG_LINKS)) {
  test(`nor do ${name}`, onLinux, async () => {
    const site: Site = {
      links: addresses('hostile', 0, count) + addresses('good', 0, GOOD),
      hostile: (response, path) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end(page(path)),
      // What the links lead to is not asked for.
      flags: ['--depth', '1'],
    };
    assert.equal((await crawled(site, null)).length, count);
  });
}
