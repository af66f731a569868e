// crawl --index: the index is filled while the crawl runs, and is whole at its end, whatever came between.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { removeTree } from '../../src/base/remove.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { serveSite } from '../helpers/site.ts';

const PAGES = 40;
const page = (number: number): string => {
  const links = Array.from({ length: PAGES }, (_, to) => `<a href=/${to}>to ${to}</a>`).join(' ');
  return `<html lang=en><title>Page ${number}</title><main><h1>Page ${number}</h1><p>Marmalade of the kind x${number}x.</main><nav>${links}</nav>`;
};

function pagesIn(job: string): number {
  try {
    using database = new DatabaseSync(join(job, 'search.db'), { readOnly: true });
    return database.prepare('select count(*) as count from pages').get()!['count'] as number;
  } catch {
    return 0;
  }
}

/** The site keeps its last page back until `release` is called. */
async function serve() {
  const released = Promise.withResolvers<void>();
  const site = await serveSite(async (path, response) => {
    response.setHeader('content-type', 'text/html');
    const number = Number(path.slice(1));
    if (number === PAGES - 1) await released.promise;
    response.end(page(number));
  });
  return { site, release: released.resolve };
}

async function found(job: string, word: string): Promise<number> {
  return (JSON.parse((await gossamer(['search', word, job, '--json'])).stdout) as { total: number }).total;
}

for (const how of ['SIGKILL', 'SIGINT', null] as const) {
  test(`crawl --index: ${how ?? 'without a break'}`, async (context) => {
    const { site, release } = await serve();
    await using _site = site;
    const folder = mkdtempSync(join(tmpdir(), 'gossamer-behind-'));
    context.after(() => removeTree(folder));
    const job = join(folder, 'job');
    const crawl = ['crawl', site.root, '-o', job, '-q', '--no-adapt', '--index'];
    const { child, finished } = startGossamer(crawl);
    // The crawl waits for its last page, and is searched meanwhile.
    while (pagesIn(job) === 0) await setImmediate();
    if (how !== null) child.kill(how);
    else release();
    const first = await finished;
    assert.equal(first.signal, how === 'SIGKILL' ? how : null);
    if (how !== null) {
      release();
      assert.equal((await gossamer(crawl)).code, 0);
    }
    assert.equal(pagesIn(job), PAGES + 1);
    assert.equal(await found(job, 'marmalade'), PAGES + 1);
    assert.equal(await found(job, `x${PAGES - 1}x`), 1);
    const again = JSON.parse((await gossamer(['index', job, '--json'])).stdout) as Record<string, number>;
    assert.deepEqual([again['pages'], again['added'], again['removed']], [PAGES + 1, 0, 0]);
  });
}

test('crawl --index: without an archive or a stored job it is refused', async () => {
  for (const more of [['--no-archive'], ['--store', 'memory:']]) {
    const { code, stderr } = await gossamer(['crawl', 'http://127.0.0.1:9/', '--index', ...more]);
    assert.deepEqual([code, stderr.includes('--index')], [2, true], stderr);
  }
});
