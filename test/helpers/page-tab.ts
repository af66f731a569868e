// The page of the server in Chromium: `gossamer serve` or `gossamer crawl --serve` as a process, and a tab that says
// what it asked for and what went wrong in it.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildPage } from '../../build/page.ts';
import { builtUrl } from './built.ts';
import { startGossamer } from './gossamer.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DIST = join(import.meta.dirname, '../../dist');
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/\S*/;

export interface Served extends AsyncDisposable {
  /** With the token. */
  readonly address: string;
  readonly child: ChildProcess;
}

/** From a checkout the server takes the page from dist/, where an older one may be. */
async function buildFreshPage(): Promise<void> {
  mkdirSync(join(DIST, 'page'), { recursive: true });
  const fresh = mkdtempSync(join(DIST, 'page-'));
  await buildPage(fresh);
  // Another test may read it at this moment.
  for (const name of readdirSync(fresh)) renameSync(join(fresh, name), join(DIST, 'page', name));
  rmdirSync(fresh);
}

/** Resolves once the address was printed. */
export async function startServed(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Served> {
  if (builtUrl() === null) await buildFreshPage();
  const { child, finished } = startGossamer([...args, '--port', '0'], env);
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = ADDRESS.exec(text.slice(0, text.lastIndexOf('\n') + 1));
      if (found !== null) resolve(found[0]);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    void finished.then(({ stderr }) => reject(new Error(`it ended without an address: ${stderr}`)));
  });
  return {
    address,
    child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    },
  };
}

export interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** All requests that the tab made, its frames too. */
  readonly asked: string[];
  /** Exceptions, refusals of the content security policy, and dialogs. */
  readonly faults: string[];
}

/** A tab that is allowed to see the page, and shows the list of jobs. */
export async function openTab(
  browser: Browser,
  { address }: Served,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const asked: string[] = [];
  const faults: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  await page.locator('.jobs').waitFor();
  return { page, asked, faults, [Symbol.asyncDispose]: () => context.close() };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** axe finds nothing on the page as it is now, in light and in dark, where only colours differ. */
export async function assertAccessible(page: Page, view: string): Promise<void> {
  await page.evaluate(`window.axe === undefined && (() => { ${AXE} })()`);
  for (const [colorScheme, only] of [
    ['light', ''],
    ['dark', 'runOnly: ["color-contrast"], '],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(`axe.run(document, { ${only}iframes: false, resultTypes: ["violations"] })`);
    const { violations } = found as { violations: readonly Violation[] };
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}\n${nodes[0]!.failureSummary}`);
    assert.deepEqual(told, [], `${colorScheme} ${view}`);
  }
}
