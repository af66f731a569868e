import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { before, test } from 'node:test';
import { crawledTo, jobFolders, reading } from '../../test/helpers/job-folders.ts';
import { serveSite } from '../../test/helpers/site.ts';
import { JobError } from '../base/errors.ts';
import { INDEX_FILE } from '../store/location.ts';
import { exportParquet } from '../views/tables/parquet.ts';
import { indexInThread, mirrorInThread, parquetInThread } from './thread-work.ts';

const PAGES = 60;
const newFolder = jobFolders('thread-work');
const folder = newFolder();
const job = { folder, store: null };

before(async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    const links = Array.from({ length: PAGES }, (_, to) => `<a href=/${to}>to ${to}</a>`).join(' ');
    response.end(
      `<title>Page ${path}</title><main><p>${`Marmalade of ${path}. `.repeat(1_000)}</main><nav>${links}</nav>`,
    );
  });
  await crawledTo(folder, site.root);
});

test('indexInThread: what was added stays if it is stopped, and the next one adds the rest', async () => {
  const stopped = await indexInThread(job, () => {}, AbortSignal.abort());
  assert.ok(stopped.pages <= PAGES, `${stopped.pages} pages`);
  const rows: number[] = [];
  const { pages, added } = await indexInThread(job, (count) => rows.push(count));
  assert.equal(pages, PAGES + 1);
  assert.equal(added, PAGES + 1 - stopped.pages);
  assert.equal(rows[0], 1);
});

test('mirrorInThread: writes the files of the mirror', async () => {
  const output = newFolder();
  mkdirSync(output);
  const { files } = await mirrorInThread(job, output);
  assert.equal(files, PAGES + 1);
  assert.match(readFileSync(join(output, 'index.html'), 'utf8'), /Mirror/);
});

test('parquetInThread: the bytes are those that are written without a thread, and its reader stays open', async () => {
  const plain = new PassThrough();
  const expected = buffer(plain);
  await reading(folder, (ledger) => exportParquet(ledger, plain));
  plain.end();
  const out = new PassThrough();
  const bytes = buffer(out);
  const { rows } = await parquetInThread(job, out);
  assert.equal(rows, PAGES + 1);
  assert.equal(out.writableEnded, false);
  out.end();
  assert.deepEqual(await bytes, await expected);
});

test('a thread: what goes wrong there or here is what the caller is told', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('disk full')) });
  await assert.rejects(parquetInThread(job, broken), /disk full/);
  const strange = newFolder();
  cpSync(folder, strange, { recursive: true });
  rmSync(join(strange, INDEX_FILE));
  mkdirSync(join(strange, INDEX_FILE));
  await assert.rejects(indexInThread({ folder: strange, store: null }), (error) => {
    return error instanceof JobError && /is not a regular file/.test(error.message);
  });
});
