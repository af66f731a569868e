import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MachineError } from '../base/errors.ts';
import { NO_PATIENCE } from '../base/room.ts';
import { createHoldings } from './holdings.ts';
import { createIndexWriter, type IndexWriter, type OpenIndexes } from './index-writer.ts';
import { hasIndex, indexLines, merged, removeIndex, removeUnfinished } from './indexes.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-index-writer-'));
after(() => rmSync(home, { recursive: true }));

const FIELDS = { date: '2026-11-23T15:10:56Z', status: 200, digest: '', contentType: '', type: 'response' } as const;
const FILE = 'archive/a.warc.gz';
/** In no order. */
const URLS = Array.from({ length: 2_000 }, (_, at) => `http://a.test/${(at * 7919) % 2_000}`);
/** Room for some thirty lines. */
const RUN_LENGTH = 4_000;

function folderNamed(name: string): string {
  const folder = join(home, name);
  mkdirSync(folder);
  return folder;
}

/** Adds URLs, several of them at the same time. */
async function addAll(writer: IndexWriter, urls: readonly string[], fileOf = (_: number) => FILE): Promise<void> {
  const adding = urls.map((url, at) => writer.add({ ...FIELDS, url }, { file: fileOf(at), offset: at, length: 1 }));
  await Promise.all(adding);
}

function textIn(folder: string, file: string): string {
  return readFileSync(join(folder, 'indexes', `${file.slice('archive/'.length)}.cdxj`), 'latin1');
}

test('createIndexWriter: sorted lines, one file for each that is closed, read back in pieces', async () => {
  const folder = folderNamed('written');
  const writer = createIndexWriter(folder, NO_PATIENCE);
  await addAll(writer, URLS, (at) => (at % 2 === 0 ? 'archive/even.warc.gz' : 'archive/odd.warc.gz'));
  await writer.close('archive/even.warc.gz');
  assert.deepEqual([hasIndex(folder, 'archive/even.warc.gz'), hasIndex(folder, 'archive/odd.warc.gz')], [true, false]);
  await writer.close('archive/odd.warc.gz');
  await writer.close('archive/empty.warc.gz');
  const holdings = createHoldings({ folder, moved: async () => new Map(), depotAt: assert.fail });
  const all = ['even', 'odd', 'empty'].map((name) => indexLines(holdings, `archive/${name}.warc.gz`, 0));
  const lines = [...merged(await Promise.all(all))];
  assert.deepEqual(lines, [...lines].sort());
  assert.deepEqual(new Set(lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))).url)), new Set(URLS));
  assert.equal(textIn(folder, 'archive/empty.warc.gz'), '');
  removeIndex(folder, 'archive/odd.warc.gz');
  removeIndex(folder, 'archive/odd.warc.gz');
  assert.ok(!hasIndex(folder, 'archive/odd.warc.gz'));
});

test('createIndexWriter: more lines than fit into memory make the same index, also if another writer goes on', async () => {
  const whole = folderNamed('whole');
  const atOnce = createIndexWriter(whole, NO_PATIENCE);
  await addAll(atOnce, URLS);
  await atOnce.close(FILE);

  const folder = folderNamed('runs');
  const files: OpenIndexes = new Map();
  const first = createIndexWriter(folder, NO_PATIENCE, files, RUN_LENGTH);
  await addAll(first, URLS.slice(0, 1_000));
  assert.ok(files.get(FILE)!.ends.length > 10);
  assert.ok(files.get(FILE)!.lines.length < 100);
  // As it is sent to a thread.
  const second = createIndexWriter(folder, NO_PATIENCE, structuredClone(files), RUN_LENGTH);
  for (const [at, url] of URLS.slice(1_000).entries())
    await second.add({ ...FIELDS, url }, { file: FILE, offset: 1_000 + at, length: 1 });
  assert.ok(!hasIndex(folder, FILE));
  await second.close(FILE);
  assert.equal(textIn(folder, FILE), textIn(whole, FILE));
  assert.deepEqual(readdirSync(join(folder, 'indexes')), ['a.warc.gz.cdxj']);
});

test('createIndexWriter: a run that cannot be written leaves no index, and what is left of a killed run goes', async () => {
  const folder = folderNamed('failing');
  let writesLeft = 3;
  const room: typeof NO_PATIENCE = {
    whenThere: (what, work) => {
      writesLeft -= 1;
      return writesLeft < 0 ? Promise.reject(new MachineError('disk', what)) : NO_PATIENCE.whenThere(what, work);
    },
  };
  const writer = createIndexWriter(folder, room, new Map(), RUN_LENGTH);
  await assert.rejects(addAll(writer, URLS), MachineError);
  await assert.rejects(writer.close(FILE), MachineError);
  assert.ok(!hasIndex(folder, FILE));
  assert.ok(existsSync(join(folder, 'indexes/a.warc.gz.cdxj.runs')));
  removeUnfinished(folder);
  assert.deepEqual(readdirSync(join(folder, 'indexes')), []);
  removeUnfinished(join(home, 'nowhere'));
});
