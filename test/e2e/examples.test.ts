// Every example in the folder runs, against a real site, as a user would run it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeLinks, pagesAnswer, pathOf, serveSite } from '../helpers/site.ts';

const PAGES = 250;

function runExample(name: string, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=gossamer-source', file, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('examples/every-page: prints a line a page', async () => {
  await using site = await serveSite(pagesAnswer(makeLinks(1, PAGES, 5)));
  const { code, stdout, stderr } = await runExample('every-page.ts', [site.root]);
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, PAGES + 1);
  assert.match(lines.at(-1) ?? '', /^finished: 250 pages in \d+ ms$/);
});

test('examples/broken-links: names the broken link and the page that has it', async () => {
  const pages = pagesAnswer(makeLinks(2, 20, 3));
  await using site = await serveSite((path, response, request) => {
    if (path !== '/') return pages(path, response, request);
    response.setHeader('content-type', 'text/html');
    response.end(`<a href="${pathOf(3)}">here</a> <a href="/gone">not here</a>`);
  });
  const { code, stdout, stderr } = await runExample('broken-links.ts', [site.root]);
  assert.equal(code, 1, stderr);
  assert.equal(stdout, `${site.root}gone\n  linked from ${site.root}\n`);
});

test('examples/first-hundred: leaves after a hundred pages, and goes on from there', async () => {
  await using site = await serveSite(pagesAnswer(makeLinks(3, PAGES, 5)));
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-example-'));
  const titles: string[] = [];
  for (let runs = 0; runs < 3; runs += 1) {
    const { code, stdout, stderr } = await runExample('first-hundred.ts', [site.root, folder]);
    assert.equal(code, 0, stderr);
    titles.push(...stdout.split('\n').filter((line) => line.includes('Page')));
  }
  assert.equal(new Set(site.log.map(({ path }) => path)).size, PAGES, 'after three runs all was asked');
  assert.ok(titles.length > 200);
  rmSync(folder, { recursive: true });
});

test('examples/save-pages: a file a page', async () => {
  await using site = await serveSite(pagesAnswer(makeLinks(4, 40, 3)));
  const home = mkdtempSync(join(tmpdir(), 'gossamer-example-'));
  const folder = join(home, 'pages');
  const { code, stdout, stderr } = await runExample('save-pages.ts', [site.root, folder]);
  assert.equal(code, 0, stderr);
  assert.equal(readdirSync(folder).length, 40);
  assert.match(stdout, new RegExp(`^${site.root}  utf-8, \\d+ links, from the root\n`));
  assert.ok(stdout.endsWith(`40 pages in ${folder}\n`));
  const file = readdirSync(folder)[0]!;
  const hex = createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('hex');
  assert.equal(file, `${hex}.html`);
  rmSync(home, { recursive: true });
});
