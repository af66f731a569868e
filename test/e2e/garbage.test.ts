// The garbage collection of V8 is set for a whole process, so only a command that does nothing else may set it.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { INDEX_FILE } from '../../src/store/location.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { startMcp } from '../helpers/mcp-client.ts';
import { serveSite } from '../helpers/site.ts';

const home = jobFolders('garbage')();
const job = join(home, 'job');
const told = join(home, 'flags.txt');

/** Each thread of a process writes down which flags of V8 it sets. */
const TELLS = `import v8 from 'node:v8'; import { appendFileSync } from 'node:fs';
v8.setFlagsFromString = (flag) => appendFileSync(${JSON.stringify(told)}, flag + '\\n');`;
const env = {
  NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=data:text/javascript,${encodeURIComponent(TELLS)}`,
};

/** What was set of the growth of the heap while `work` was done. */
async function growthsOf(work: () => Promise<unknown>): Promise<string[]> {
  writeFileSync(told, '');
  await work();
  const percents = [...readFileSync(told, 'utf8').matchAll(/^--heap-growing-percent=(\d+)$/gm)];
  return [...new Set(percents.map(([, percent]) => percent!))];
}

const growthsIn = (...words: string[]): Promise<string[]> =>
  growthsOf(async () => {
    const { code, stderr } = await gossamer(words, env);
    assert.equal(code, 0, stderr);
  });

/** It is made again for the next search. */
function damageIndex(): void {
  writeFileSync(join(job, INDEX_FILE), 'no database '.repeat(1_000));
}

before(async () => {
  mkdirSync(home);
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<title>x</title><p>marmalade of ${path} <a href=/a>a</a>`);
  });
  await crawledTo(job, site.root);
});

test('mcp: an index that is made for a search changes no collection of garbage', async () => {
  damageIndex();
  const growths = await growthsOf(async () => {
    await using server = await startMcp([job], env);
    const found = await server.call('search', { words: 'marmalade' });
    assert.match(JSON.stringify(found), /marmalade/);
  });
  assert.deepEqual(growths, []);
});

test('search, index, export: a command that does nothing else lets less garbage grow', async () => {
  damageIndex();
  assert.deepEqual(await growthsIn('search', 'marmalade', job), ['100']);
  assert.deepEqual(await growthsIn('index', job), ['100']);
  assert.deepEqual(await growthsIn('export', 'mirror', job, '-o', join(home, 'mirror')), ['40']);
  assert.deepEqual(await growthsIn('export', 'parquet', job, '-o', join(home, 'urls.parquet')), ['40']);
  assert.deepEqual(await growthsIn('export', 'jsonl', job, '-o', join(home, 'urls.jsonl')), ['40']);
});
