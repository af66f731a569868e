// The page of a finished crawl, driven in Chromium: the table, the story of a URL, problems, the search, and an
// archived page that reaches nothing outside.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from '../helpers/chromium.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { servePageSite, WORDS } from '../helpers/page-site.ts';
import { assertAccessible, openTab, type Served, startServed } from '../helpers/page-tab.ts';
import type { Site } from '../helpers/site.ts';

const NO_CHROMIUM = findChromium() === null ? 'it takes an installed Chromium' : false;

/** Nothing of what came from a site has become an element. */
async function assertInert(page: Page): Promise<void> {
  const [hacked, made] = (await page.evaluate(
    `[window.hacked, [...document.querySelectorAll('script, img, [onerror]')].map((each) => each.outerHTML)]`,
  )) as [unknown, string[]];
  assert.equal(hacked, undefined);
  assert.deepEqual(made, ['<script type="module" src="page.js"></script>']);
}

describe('the page of a finished crawl', { skip: NO_CHROMIUM, concurrency: 1 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-page-'));
  const job = join(folder, 'soups');
  let site: Site;
  let browser: Browser;
  let served: Served;
  /** The address of a view of the only job. */
  let link: (view: string, asked?: Readonly<Record<string, string>>) => string;

  before(async () => {
    site = await servePageSite();
    const crawled = await gossamer(['crawl', site.root, '-q', '-o', job]);
    assert.equal(crawled.code, 0, crawled.stderr);
    assert.equal((await gossamer(['index', job, '-q'])).code, 0);
    browser = (await startChromium())!;
    served = await startServed(['serve', job]);
    await using tab = await openTab(browser, served);
    const href = await tab.page.locator('.jobs h2 a').getAttribute('href');
    link = (view, asked = {}) =>
      `${new URL(served.address).origin}/${href!.replace(/now$/, view)}?${new URLSearchParams(asked)}`;
  });
  after(async () => {
    await served?.[Symbol.asyncDispose]();
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test('the list leads to the crawl, its sentence to the URLs, and back leads back', async () => {
    await using tab = await openTab(browser, served);
    const { page } = tab;
    const sizes = `performance.getEntries().map(({ decodedBodySize }) => decodedBodySize ?? 0)`;
    const loaded = ((await page.evaluate(sizes)) as number[]).reduce((sum, bytes) => sum + bytes);
    assert.ok(loaded > 50_000 && loaded < 120_000, `${loaded} bytes`);
    await page.locator('.jobs h2 a').click();
    const sentence = page.locator('.sentence');
    await sentence.waitFor();
    assert.match(await sentence.innerText(), /^Finished\. \d+ pages done/);
    await sentence.locator('a').first().click();
    await page.locator('table.rows .url').first().waitFor();
    assert.match(page.url(), /urls\?q=state%3Adone/);
    await page.goBack();
    await page.getByRole('heading', { name: 'Status codes' }).waitFor();
    assert.deepEqual(tab.faults, []);
  });

  test('the table: filtered by typing, walked with arrows, a row told with Space, and what is wrong is said', async () => {
    await using tab = await openTab(browser, served);
    const { page } = tab;
    await page.goto(link('urls'));
    await page.getByText(/^[\d,]+ URLs, /).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('status:404');
    await page.getByText(/^1 URL, /).waitFor();
    assert.match(page.url(), /q=status%3A404/);
    await page.locator('table.rows').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    const story = page.getByLabel('story of the chosen URL');
    await story.getByText('status 404').waitFor();
    await story.getByText('Links to it').waitFor();
    await story.getByText('Header fields').click();
    await story.getByText('content-type', { exact: true }).waitFor();
    await page.locator('table.rows').focus();
    await page.keyboard.press('Escape');
    await story.waitFor({ state: 'detached' });
    assert.deepEqual(tab.faults, []);
    await page.getByLabel('filter').fill('status:404 odd:x');
    await page.getByRole('alert').getByText('odd').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('dialog').waitFor();
  });

  test('the table: another order, other columns, and a CSV of exactly that', async () => {
    await using tab = await openTab(browser, served);
    const { page } = tab;
    await page.goto(link('urls', { q: 'status:200' }));
    await page.getByRole('button', { name: 'size' }).click();
    await page.locator('th[aria-sort="ascending"]').waitFor();
    await page.getByText('Columns', { exact: true }).click();
    await page.getByLabel('found on').check();
    await page.getByRole('columnheader', { name: 'found on' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('CSV').click()]);
    const [head, ...lines] = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n');
    assert.match(head!, /^url,state,status,contentType,bytes,elapsedMs,depth,title,referrer/);
    const shown = `[...document.querySelectorAll('td:first-child .url')].map(({ dataset }) => dataset.copied)`;
    const urls = (await page.evaluate(shown)) as string[];
    const count = Number.parseInt(await page.getByText(/^[\d,]+ URLs, /).innerText(), 10);
    assert.deepEqual([lines.length, urls.length], [count, count]);
    assert.deepEqual(
      lines.map((line) => line.split(',')[0]),
      urls,
    );
    assert.deepEqual(tab.faults, []);
  });

  test('the table: of many rows the last is reached, and a filter narrows them', async () => {
    await using tab = await openTab(browser, served);
    const { page } = tab;
    await page.goto(link('urls', { q: 'host:elsewhere.example', sort: 'url' }));
    await page.getByText(/^20,00\d URLs, /).waitFor();
    assert.ok((await page.locator('table.rows tbody tr').count()) < 100);
    const table = page.locator('table.rows');
    await table.focus();
    await page.keyboard.press('End');
    await table.locator('[aria-selected=true]').getByText('http://elsewhere.example/9999').waitFor();
    await page.keyboard.press('Home');
    await page.locator('.table-scroller').hover();
    await page.mouse.wheel(0, 280_000);
    await table
      .locator('tr[aria-rowindex="10002"]')
      .getByText(/elsewhere\.example/)
      .waitFor();
    await page.getByLabel('filter').fill('host:elsewhere.example url:http://elsewhere.example/1999');
    await page.getByText(/^11 URLs, /).waitFor();
    assert.deepEqual(tab.faults, []);
  });

  test('a broken link is shown with the pages that have it', async () => {
    await using tab = await openTab(browser, served);
    await tab.page.goto(link('problems'));
    const broken = tab.page.locator('.broken > li', { hasText: '/missing' });
    await broken.waitFor();
    const text = await broken.innerText();
    assert.match(text, /404/);
    assert.ok(text.includes(`${site.root}new`), text);
    await tab.page.locator('.chain', { hasText: '/older' }).waitFor();
    assert.deepEqual(tab.faults, []);
  });

  test('the search finds a page in each of five languages, and facets narrow it', async () => {
    await using tab = await openTab(browser, served);
    const { page } = tab;
    for (const [language, [word]] of Object.entries(WORDS)) {
      await page.goto(link('search', { q: word }));
      const found = page.locator('.results li').first();
      await found.getByText(`${site.root}${language}`).waitFor();
      await found.locator('mark').first().waitFor();
    }
    await page.goto(link('search'));
    await page.getByLabel('words to find').fill('soups');
    await page.locator('.results h2', { hasText: 'Soups' }).waitFor();
    await page.goto(link('search', { q: 'path:/' }));
    await page.locator('.facets a', { hasText: /^ru$/ }).click();
    await page.getByText(/^1 page, /).waitFor();
    assert.deepEqual(tab.faults, []);
    await page.goto(link('search', { q: 'soups "open' }));
    await page.getByRole('alert').locator('mark', { hasText: '"open' }).waitFor();
  });

  test('a hostile title stays text, wherever it stands', async () => {
    await using tab = await openTab(browser, served);
    const { page } = tab;
    const url = `${site.root}hostile`;
    const views = [link('urls', { q: 'path:/hostile' }), link('url', { url }), link('search', { q: 'hostilities' })];
    for (const view of views) {
      await page.goto(view);
      const title = page.locator('table.rows td, .story-head, .results h2', { hasText: '<script>' }).first();
      await title.waitFor();
      assert.ok((await title.innerText()).length < 1_000);
      assert.match(await title.innerText(), /\u2039U\+202E\u203a/);
    }
    await page.goto(link('url', { url }));
    await page.getByText('Header fields').click();
    await page.locator('.facts dd', { hasText: '<script>' }).waitFor();
    await assertInert(page);
    assert.deepEqual(tab.faults, []);
  });

  test('an archived page: in a frame of another origin, without its scripts, and nothing outside is asked', async () => {
    await using tab = await openTab(browser, served);
    const { page, asked } = tab;
    const before = site.log.length;
    await page.goto(link('url', { url: `${site.root}pictures/` }));
    const frame = page.frameLocator('iframe');
    await frame.getByText('A picture from elsewhere.').waitFor();
    await frame
      .getByText(/captured|archived/i)
      .first()
      .waitFor();
    const pages = new URL(served.address).origin;
    const source = await page.locator('iframe').getAttribute('src');
    assert.notEqual(new URL(source!).origin, pages);
    assert.equal(await page.locator('iframe').getAttribute('sandbox'), '');
    await frame.getByRole('link', { name: 'soup' }).click();
    await frame.getByText(WORDS.en[1]).waitFor();
    await page.reload();
    await frame.getByRole('link', { name: 'not there' }).click();
    await frame.getByRole('heading', { name: 'Not archived' }).waitFor();
    for (const path of ['xhtml', 'xml']) {
      await page.goto(link('url', { url: site.root + path }));
      await frame.getByText(new RegExp(`^Archived copy of .*/${path}, captured \\d{4}-`)).waitFor();
      await frame.getByText('Well formed.').waitFor();
    }
    const origins = new Set(asked.map((each) => new URL(each).origin));
    assert.deepEqual([...origins].sort(), [pages, new URL(source!).origin].sort());
    assert.equal(site.log.length, before);
  });

  test('on paper: column heads and folders are there, buttons and links to other views are not', async () => {
    await using tab = await openTab(browser, served);
    const { page } = tab;
    await page.emulateMedia({ media: 'print' });
    await page.goto(link('urls'));
    await page.locator('table.rows .url').first().waitFor();
    assert.ok(await page.getByRole('columnheader', { name: 'status' }).getByText('status').isVisible());
    assert.ok(!(await page.locator('nav').first().isVisible()));
    await page.goto(link('site'));
    await page.locator('.folder').getByText('127.0.0.1').waitFor();
    assert.ok((await page.pdf()).length > 10_000);
  });

  test('axe finds nothing, in light and dark, and no view is wider than a phone', async () => {
    const views = [
      ...['now', 'urls', 'problems', 'site'].map((view) => link(view)),
      link('site', { shape: 'areas' }),
      link('site', { shape: 'graph' }),
      link('search', { q: 'path:/' }),
      link('urls', { q: 'odd:x' }),
      link('urls', { q: 'status:404', at: `${site.root}missing` }),
      link('url', { url: `${site.root}en` }),
      `${new URL(served.address).origin}/#/`,
    ];
    await using tab = await openTab(browser, served, { viewport: { width: 360, height: 800 } });
    for (const view of views) {
      await tab.page.goto(view);
      await tab.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      await tab.page.getByText('Reading…').first().waitFor({ state: 'detached' });
      await assertInert(tab.page);
      await assertAccessible(tab.page, view);
      assert.equal(await tab.page.evaluate('document.documentElement.scrollWidth'), 360, view);
    }
  });
});
