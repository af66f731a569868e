// Replays a WACZ in Chromium with `@webrecorder/wabac`, the usual engine. Its service worker is served to the browser
// as it comes from npm and runs there; nothing of it is imported.

import { once } from 'node:events';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Frame, Page } from 'playwright-core';

const WORKER = readFileSync(
  fileURLToPath(new URL('../../node_modules/@webrecorder/wabac/dist/sw.js', import.meta.url)),
);

export interface Replay extends AsyncDisposable {
  readonly page: Page;
  /** Opens an archived URL; `at` is its time as 14 digits. */
  open(url: string, at: string): Promise<Frame>;
}

/** Serves the file on loopback, where the engine fetches parts of it, and opens it. */
export async function replay(browser: Browser, wacz: string): Promise<Replay> {
  const server = createServer((request, response) => serve(request, response, wacz));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await browser.newPage({ viewport: { width: 900, height: 620 } });
  await page.goto(root);
  await page.evaluate(addCollection(`${root}/site.wacz`));
  return {
    page,
    async open(url, at) {
      await page.evaluate(showInFrame(`/w/site/${at}mp_/${url}`));
      return page.frame('replay')!;
    },
    async [Symbol.asyncDispose]() {
      await page.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function serve(request: IncomingMessage, response: ServerResponse, wacz: string): void {
  if (request.url === '/') response.setHeader('content-type', 'text/html').end('<!doctype html><title>Replay</title>');
  else if (request.url === '/sw.js') response.setHeader('content-type', 'text/javascript').end(WORKER);
  else if (request.url === '/site.wacz') serveRange(request, response, wacz);
  else response.writeHead(404).end();
}

/** RFC 9110, section 14.1.2, for a single range. */
function serveRange({ method, headers }: IncomingMessage, response: ServerResponse, file: string): void {
  const { size } = statSync(file);
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? 'bytes=0-') ?? [];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  response.writeHead(206, {
    ...{ 'accept-ranges': 'bytes', 'content-type': 'application/wacz' },
    ...{ 'content-range': `bytes ${start}-${end}/${size}`, 'content-length': end - start + 1 },
  });
  if (method === 'HEAD') response.end();
  else createReadStream(file, { start, end }).pipe(response);
}

// Both are scripts of the page.

function addCollection(sourceUrl: string): string {
  return `(async ({ serviceWorker }) => {
    const controlled = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve));
    await serviceWorker.register('/sw.js', { scope: '/' });
    if (serviceWorker.controller === null) await controlled;
    const added = new Promise((resolve) => {
      serviceWorker.addEventListener('message', ({ data }) => data.msg_type === 'collAdded' && resolve());
    });
    const file = { sourceUrl: ${JSON.stringify(sourceUrl)} };
    serviceWorker.controller.postMessage({ msg_type: 'addColl', name: 'site', file });
    await added;
  })(navigator)`;
}

function showInFrame(source: string): string {
  return `new Promise((resolve) => {
    document.body.style.margin = '0';
    document.body.innerHTML = '<iframe name="replay" style="border: 0; width: 100vw; height: 100vh"></iframe>';
    const frame = document.querySelector('iframe');
    frame.addEventListener('load', () => resolve());
    frame.src = ${JSON.stringify(source)};
  })`;
}
