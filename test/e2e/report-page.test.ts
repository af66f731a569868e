// `report --html` as users type it, and the page as a browser shows it: in light and dark, on a phone, on paper.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startChromium } from '../helpers/chromium.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';
import { serveSite } from '../helpers/site.ts';

const AXE = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gossamer-report-page-'));
const job = join(folder, 'job');
const file = join(folder, 'report.html');

before(async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (path === '/moved') response.writeHead(301, { location: '/gone' });
    else if (path.startsWith('/gone')) response.statusCode = 404;
    const links = Array.from({ length: 40 }, (_, at) => `<a href="/gone/${at}">x</a>`).join('');
    const title = `&lt;script>document.title = "owned"&lt;/script>\u202e${path}`;
    response.end(`<title>${title}</title><a href=/moved>x</a><a href="/docs/&quot;><script>">x</a>${links}`);
  });
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q', '--limit', '30'])).code, 16);
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  assert.equal((await gossamer(['report', job, '--html', '-o', file, '-q'])).code, 0);
});
after(() => rmSync(folder, { recursive: true }));

test('report --html: into a file or on stdout, and what cannot be meant is refused', async () => {
  const written = await gossamer(['report', job, '--html', '-o', file, '--fail-on', '404']);
  assert.equal(written.code, 10);
  assert.match(written.stderr, /^The report is in .*report\.html\.\ngossamer: --fail-on: 404 /);
  const printed = await gossamer(['report', job, '--html', '-q']);
  const undated = (page: string): string => page.replace(/Made on [^<]*/, '');
  assert.equal(undated(printed.stdout), undated(readFileSync(file, 'utf8')));
  const markdown = join(folder, 'report.md');
  assert.equal((await gossamer(['report', job, '--markdown', '-o', markdown])).stdout, '');
  assert.match(readFileSync(markdown, 'utf8'), /^## Crawl of /);
  const { stderr } = await severally([
    ['report', job, '--html', '--json'],
    ['report', job, '--html', '-o', join(job, 'gossamer.db')],
    ['report', job, '--html', '-o', folder],
    ['report', job, '--html', '-o', ' '],
    ['report', job, '--html', '-o', join(folder, 'no', 'such', 'file')],
  ]);
  assert.deepEqual(stderr.match(/^= .*/gm), Array(5).fill('= report 2'), stderr);
  assert.match(stderr, /^gossamer: --json and --html: give one of them\.$/m);
});

test('report --html: a browser loads nothing for it, runs nothing of it, and finds it accessible', async (t) => {
  await using browser = await startChromium();
  if (browser === null) return t.skip('there is no Chromium');
  const said: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    // The page itself allows no script; axe needs one.
    const context = await browser.newContext({ colorScheme, bypassCSP: colorScheme === 'dark' });
    const page = await context.newPage();
    page.on('console', (message) => said.push(message.text()));
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    assert.deepEqual(requests, [pathToFileURL(file).href]);
    assert.match(await page.title(), /^Crawl of 127\.0\.0\.1:\d+$/);
    const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    assert.equal(colour, colorScheme === 'dark' ? 'rgb(22, 22, 21)' : 'rgb(255, 255, 255)');
    const strip = (await page.locator('figure svg').boundingBox())!;
    assert.ok(strip.width > 700 && strip.height > 80, JSON.stringify(strip));
    await page.setViewportSize({ width: 360, height: 700 });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
    if (colorScheme === 'dark' && existsSync(AXE)) {
      await page.addScriptTag({ path: AXE });
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        for (const scheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme: scheme });
          assert.deepEqual(await page.evaluate(FAULTS), [], `${scheme}, ${width}`);
        }
      }
    }
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.evaluate('getComputedStyle(document.body).color'), 'rgb(0, 0, 0)');
    assert.ok((await page.pdf()).length > 10_000);
    await context.close();
  }
  assert.deepEqual(said, []);
});

/** Runs in the page. */
const FAULTS = `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`;
