// What a hostile site may cost of memory and of time in one go, asked of the real command with all defaults.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platform } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allOf } from '../../src/base/paged.ts';
import { startGossamer } from '../helpers/gossamer.ts';
import { jobFolders, reading } from '../helpers/job-folders.ts';
import type { Watched } from './watched.ts';

const MB = 1024 * 1024;
const PEAK_BYTES_MAX = 300 * MB;
const STALL_MS_MAX = 50;
const ENDLESS = 32;
const GOOD = 32;
/** Bodies that come to their limit before the crawl is stopped. */
const CUT = 6;
const PAGE = Buffer.from('<p>Some text of a page without end. <a href="/good0">x</a>\n'.repeat(1_000));

const newJob = jobFolders('memory');
const WATCHED = fileURLToPath(new URL('./watched.ts', import.meta.url));

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

test('a site of endless pages costs no more memory than there is for all bodies, and its other pages are had', {
  skip: platform() !== 'linux' && 'the peak is read from /proc',
}, async () => {
  const enough = Promise.withResolvers<void>();
  const had = new Set<string>();
  let cut = 0;
  const look = (): void => {
    if (cut >= CUT && had.size === GOOD) enough.resolve();
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const links = addresses('endless', 0, CUT) + addresses('good', 0, GOOD) + addresses('endless', CUT, ENDLESS);
    if (path.startsWith('/endless')) {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      pour(response, () => {
        cut += 1;
        look();
      });
    } else if (path === '/' || path.startsWith('/good')) {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(path === '/' ? links : '<title>good</title>');
      if (path !== '/') had.add(path);
      look();
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const job = newJob();
  const watched = `${job}.json`;
  const { child, finished } = startGossamer(['crawl', root, '-o', job], {
    GOSSAMER_WATCHED: watched,
    NODE_OPTIONS: `--import ${WATCHED}`,
  });
  const early = finished.then(({ stderr }) => assert.fail(`it ended by itself: ${stderr}`));
  await Promise.race([enough.promise, early]);
  child.kill('SIGINT');
  early.catch(() => {});
  await finished;
  server.closeAllConnections();
  server.close();
  const { peakBytes, stallMs } = JSON.parse(readFileSync(watched, 'utf8')) as Watched;
  assert.ok(peakBytes <= PEAK_BYTES_MAX, `${Math.round(peakBytes / MB)} MB`);
  assert.ok(stallMs <= STALL_MS_MAX, `${stallMs} ms`);
  const rows = await reading(job, (ledger) => allOf(ledger.rows.all({ state: 'done' })));
  assert.equal(rows.filter(({ url }) => url.includes('/good')).length, GOOD);
  const endless = rows.filter(({ url }) => url.includes('/endless'));
  assert.ok(endless.length > 0);
  for (const { detail, truncated, archive } of endless) {
    assert.deepEqual([detail, truncated], [`the body was cut at ${64 * MB} bytes`, 'length']);
    assert.ok(archive !== null);
  }
});
