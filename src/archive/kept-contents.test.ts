import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { hasLimits, withFewDescriptors } from '../../test/helpers/no-descriptors.ts';
import { makeArchive } from '../../test/helpers/warc-archive.ts';
import type { Content } from '../base/contents.ts';
import type { ArchivePlace, Outcome } from '../base/contracts.ts';
import { blankOutcome } from '../fetch/blank-outcome.ts';
import { createDecoding } from '../fetch/decode.ts';
import { createHoldings } from './holdings.ts';
import { readHead } from './http-head.ts';
import { createContents } from './kept-contents.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-contents-'));
after(() => rmSync(home, { recursive: true }));

const holdings = createHoldings({ folder: home, moved: async () => new Map(), depotAt: assert.fail });
const undone = createDecoding(1e6);
const decode = async (headers: readonly string[], rawBody: Uint8Array): Promise<Uint8Array> =>
  (await undone({ ...blankOutcome('', 0), headers, rawBody, body: rawBody })).body;

function answer(url: string, body: Buffer, head = ''): Outcome {
  const responseHead = `HTTP/1.1 200 OK\r\n${head}Content-Length: ${body.length}\r\n\r\n`;
  return { ...blankOutcome(url, 1_700_000_000_000), status: 200, requestHead: 'GET', responseHead, rawBody: body };
}

async function archived(outcomes: readonly Outcome[]): Promise<ArchivePlace[]> {
  const archive = makeArchive('loop', { folder: home });
  const places = await Promise.all(outcomes.map((outcome) => archive.append(outcome, null)));
  await archive.close();
  return places.map((place) => place!);
}

test('createContents: the body of a response, without its codings; of a revisit, that of the first', async () => {
  const text = Buffer.from('all the same '.repeat(200));
  const coded = gzipSync(text);
  const outcomes = [
    answer('http://a.test/robots.txt', text),
    answer('http://a.test/1', coded, 'content-encoding: gzip\r\n'),
    answer('http://a.test/2', text),
    answer('http://a.test/3', coded, 'Content-Encoding: gzip\r\nX-Own:  yes \r\n folded\r\n'),
  ];
  const places = await archived(outcomes);
  // Only pages have rows. The record that /2 refers to is found by its payload.
  const rows = new Map([['http://a.test/1', places[1]!]]);
  const contents = createContents({ holdings, earlier: [], placeOf: async (url) => rows.get(url) ?? null, decode });
  for (const [at, archive] of places.entries()) {
    const content = (await contents.of({ archive })) as Content;
    assert.equal(content.url, outcomes[at]!.url);
    assert.deepEqual(Buffer.from(content.rawBody), outcomes[at]!.rawBody, content.url);
    assert.deepEqual(Buffer.from(content.body), text, content.url);
    assert.deepEqual([content.status, content.isWhole, content.date], [200, true, '2023-11-14T22:13:20.000Z']);
  }
  const last = (await contents.of({ archive: places[3]! })) as Content;
  assert.deepEqual(last.headers.slice(0, 4), ['Content-Encoding', 'gzip', 'X-Own', 'yes folded']);
  assert.equal(await contents.of({ archive: null }), null);
});

test('createContents: where no file can be opened nothing is damaged: it is the machine that fails', {
  skip: !hasLimits,
}, async () => {
  const [place] = await archived([answer('http://a.test/handles', Buffer.from('text'))]);
  const parts = { folder: home, earlier: [], place };
  const printed = await withFewDescriptors(
    60,
    `import { createContents } from ${JSON.stringify(new URL('./kept-contents.ts', import.meta.url).href)};
     import { archiveNames } from ${JSON.stringify(new URL('./recover.ts', import.meta.url).href)};
     import { createHoldings } from ${JSON.stringify(new URL('./holdings.ts', import.meta.url).href)};
     const { folder, earlier, place } = ${JSON.stringify(parts)};
     const holdings = createHoldings({ folder, moved: async () => new Map(), depotAt: async () => null });
     const contents = createContents({ holdings, earlier, placeOf: async () => null, decode: async (_, body) => body });
     const told = [];
     const note = (what) => told.push(what?.code ?? what?.status ?? what);
     useUp();
     await contents.of({ archive: place }).then(note, note);
     try { note(archiveNames(folder).length); } catch (error) { note(error); }
     giveBack();
     await contents.of({ archive: place }).then(note, note);
     console.log(JSON.stringify(told));`,
  );
  assert.deepEqual(JSON.parse(printed), ['EMFILE', 'EMFILE', 200]);
});

test('createContents: what cannot be read is told with its place', async () => {
  writeFileSync(join(home, 'archive/bad.warc.gz'), gzipSync('no record'));
  const contents = createContents({ holdings, earlier: [], placeOf: async () => null, decode });
  const told = await contents.of({ archive: { file: 'archive/bad.warc.gz', offset: 0, length: 29 } });
  assert.deepEqual([Object(told).file, Object(told).offset], ['archive/bad.warc.gz', 0]);
  assert.match(Object(told).damage, /no WARC record/);
  const missing = await contents.of({ archive: { file: 'archive/missing.warc.gz', offset: 7, length: 29 } });
  assert.equal(Object(missing).damage, 'there is no such file');
});

test('readHead: status, fields and where the body begins, however they are written', () => {
  const cases: [string, number, string[], string][] = [
    ['HTTP/1.1 200 OK\r\nA: 1\r\nb:2\r\n\r\nbody', 200, ['A', '1', 'b', '2'], 'body'],
    ['HTTP/1.0 404\nA: 1\n\nbody', 404, ['A', '1'], 'body'],
    ['HTTP/1.1 200 OK\r\n\r\nbody\r\n\r\n', 200, [], 'body\r\n\r\n'],
    ['HTTP/1.1 204 None\r\nA: 1', 204, ['A', '1'], ''],
    ['just a body\r\n\r\nof two', 0, [], 'just a body\r\n\r\nof two'],
    ['', 0, [], ''],
  ];
  for (const [block, status, headers, body] of cases) {
    const head = readHead(Buffer.from(block));
    assert.deepEqual([head.status, head.headers, block.slice(head.end)], [status, headers, body], block);
  }
});
