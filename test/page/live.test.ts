// The page of a crawl that runs, driven in Chromium: it moves, is paused, goes on, and leaves out what a pattern names.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { findChromium, startChromium } from '../helpers/chromium.ts';
import { assertAccessible, openTab, startServed } from '../helpers/page-tab.ts';
import { type Site, serveSite } from '../helpers/site.ts';

const NO_CHROMIUM = findChromium() === null ? 'it takes an installed Chromium' : false;
const PAGES = 40;

interface HeldSite extends Site {
  /** Requests without an answer. */
  readonly held: ServerResponse[];
  /** Answers what is held, and from now on everything at once. */
  letGo(): void;
  /** Resolves once so many requests are held. */
  holds(count: number): Promise<void>;
}

/** A root that links to pages and to a calendar; every page but the root waits until the test answers it. */
async function serveHeldSite(): Promise<HeldSite> {
  const held: ServerResponse[] = [];
  let isFree = false;
  let onHeld = (): void => {};
  const links = ['page', 'calendar'].flatMap((kind) => Array.from({ length: PAGES }, (_, at) => `/${kind}/${at}`));
  const root = links.map((path) => `<a href="${path}">${path}</a>`).join(' ');
  const end = (response: ServerResponse, text: string): void => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>A page</title>${text}`);
  };
  const site = await serveSite((path, response) => {
    if (path === '/' || isFree) return end(response, path === '/' ? root : 'words');
    held.push(response);
    onHeld();
  });
  return Object.assign(site, {
    held,
    letGo() {
      isFree = true;
      for (const response of held.splice(0)) end(response, 'words');
    },
    holds(count: number) {
      return new Promise<void>((resolve) => {
        onHeld = () => held.length >= count && resolve();
        onHeld();
      });
    },
  });
}

/** The figure with this name at the top of the view. */
async function waitForFigure(page: Page, name: string, wanted: (figure: number) => boolean): Promise<void> {
  const figure = page.locator('.figures > div', { has: page.getByText(name, { exact: true }) }).locator('dd');
  for (;;) {
    const before = await figure.innerText();
    if (wanted(Number(before.replaceAll(',', '')))) return;
    await page.waitForFunction(([element, text]) => element!.innerText !== text, [
      await figure.elementHandle(),
      before,
    ] as const);
  }
}

test('a live crawl: it moves, is paused, goes on, and a pattern is excluded', { skip: NO_CHROMIUM }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-page-'));
  await using site = await serveHeldSite();
  await using browser = (await startChromium())!;
  const manner = ['--serve', '--concurrency', '4', '--host-concurrency', '4', '-o', join(folder, 'job')];
  await using served = await startServed(['crawl', site.root, ...manner]);
  await using tab = await openTab(browser, served);
  const { page } = tab;
  await page.locator('.jobs h2 a').click();
  await site.holds(1);

  // In flight, with stage and age.
  await page.getByRole('heading', { name: /^In flight/ }).waitFor();
  const flight = page.locator('section', { has: page.getByRole('heading', { name: /^In flight/ }) });
  await flight.getByText('request', { exact: true }).first().waitFor();
  await waitForFigure(page, 'done', (done) => done === 1);
  await assertAccessible(page, 'now');

  // The strip comes into room that was kept for it, so that nothing moves under the pointer.
  await page.locator('.plot').waitFor();
  const [strip, kept] = await page.locator('.strip').evaluate((element) => {
    const empty = element.cloneNode(false) as typeof element;
    empty.classList.add('to-come');
    element.after(empty);
    const heights = [element, empty].map((each) => each.getBoundingClientRect().height);
    empty.remove();
    return heights;
  });
  assert.ok(Math.abs(strip! - kept!) < 2, `${strip} and ${kept}`);

  // A pattern is looked at, excluded, taken back, and excluded again.
  const pattern = page.getByLabel('pattern of URLs to leave out');
  await pattern.fill('/calendar/');
  await page.getByText(/^takes \d+ queued URLs$/).waitFor();
  await page.getByRole('button', { name: 'Leave out' }).click();
  await page.getByText(/set aside/).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/set aside/).waitFor({ state: 'detached' });
  await pattern.fill('/calendar/');
  await page.getByText(/^takes \d+ queued URLs$/).waitFor();
  await page.getByRole('button', { name: 'Leave out' }).click();
  await page.getByText(/set aside/).waitFor();

  // The pace is changed.
  await page.getByLabel('of one host').fill('3');
  await page.getByRole('button', { name: 'Change pace' }).click();
  await page.getByText('Changed.', { exact: true }).waitFor();

  // Where another process serves the job nobody can change it, and the reason is told.
  {
    await using other = await startServed(['serve', join(folder, 'job')]);
    await using watching = await openTab(browser, other);
    await watching.page.locator('.jobs h2 a').click();
    await watching.page.getByText(/^Another process crawls this job\./).waitFor();
    for (const name of ['Pause', 'Stop']) assert.ok(await watching.page.getByRole('button', { name }).isDisabled());
    assert.ok(await watching.page.getByLabel('pattern of URLs to leave out').isDisabled());
    assert.deepEqual(watching.faults, []);
  }

  // Paused: what is in flight is answered, and nothing new is asked for.
  await page.getByRole('button', { name: 'Pause' }).click();
  const goOn = page.getByRole('button', { name: 'Go on' });
  await goOn.waitFor();
  site.letGo();
  await waitForFigure(page, 'in flight', (inFlight) => inFlight === 0);
  const asked = site.log.length;
  assert.match(await page.locator('.sentence').innerText(), /^Paused\./);

  // Dragging over the strip leads to the URLs of that time, and back leads back.
  const plot = page.locator('.plot');
  await plot.waitFor();
  const { x, y, width } = (await plot.boundingBox())!;
  await page.mouse.move(x + 1, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + width - 1, y + 20);
  await page.mouse.up();
  await page.getByText(/^\d+ URLs?, /).waitFor();
  assert.match(page.url(), /urls\?q=after%3A\d{4}-.*before%3A/);
  await page.goBack();
  await goOn.click();
  await page.getByText(/^Finished\./).waitFor();
  assert.ok(site.log.length > asked);
  const calendar = site.log.filter(({ path }) => path.startsWith('/calendar/'));
  assert.ok(calendar.length <= 4, `${calendar.length} of the calendar were asked for`);
  assert.deepEqual(tab.faults, []);
  rmSync(folder, { recursive: true });
});
