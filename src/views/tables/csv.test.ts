import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { fc } from '../../../test/helpers/properties.ts';
import { jobOfTexts } from '../../../test/helpers/texts-job.ts';
import type { Ledger } from '../../base/contracts.ts';
import { allOf } from '../../base/paged.ts';
import { COLUMNS } from './columns.ts';
import { exportCsv, textCell } from './csv.ts';
import { recordOf } from './record.ts';

const TEXTS = [
  'plain',
  'a, "quoted" one',
  "=cmd|'/c calc'!A0",
  '-1',
  "it's",
  'ü – 漢字 😀',
  '\u001b[2J',
  'two\r\nlines',
];

async function written(ledger: Ledger): Promise<string> {
  const out = new PassThrough();
  const text = textOf(out);
  const { rows } = await exportCsv(ledger, out);
  assert.equal(rows, (await allOf(ledger.rows.all())).length);
  assert.equal(out.writableEnded, false);
  out.end();
  return text;
}

test('exportCsv: a library reads each row again with what jsonl says of it', async () => {
  const { ledger, frontier } = await jobOfTexts(TEXTS);
  const text = await written(ledger);
  assert.ok(text.startsWith('url,key,state,') && text.endsWith('\r\n'));
  const lines = parse(text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
  const records = (await allOf(ledger.rows.all())).map((row) => recordOf(row));
  assert.equal(lines.length, records.length);
  for (const [at, { archive, text: said, unkept, detail, ...plain }] of records.entries()) {
    const { file, offset, length } = archive ?? {};
    const flat = {
      ...plain,
      ...{ archiveFile: file, archiveOffset: offset, archiveLength: length },
      ...{ description: said?.description, language: said?.language, canonical: said?.canonical },
      robots: said?.robots?.join(' '),
      ...{ unkeptDropped: unkept?.dropped, unkeptTooLong: unkept?.tooLong, unkeptOtherScheme: unkept?.otherScheme },
      detail,
    };
    assert.deepEqual(Object.keys(lines[at]!), Object.keys(flat));
    for (const [name, value] of Object.entries(flat)) {
      const tame = String(value ?? '').replaceAll('\u001b', '\ufffd');
      assert.equal(lines[at]![name], (/^[=-]/.test(tame) ? "'" : '') + tame, name);
    }
  }
  await frontier.close();
});

test('textCell: what might be a formula is a text', () => {
  const cases: readonly (readonly [text: string, cell: string])[] = [
    ['', ''],
    ['a', 'a'],
    ['a=b', 'a=b'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['\n=1', '"\'\n=1"'],
    ['=HYPERLINK("http://evil.test","x")', '"\'=HYPERLINK(""http://evil.test"",""x"")"'],
    ['\uff1d1', "'\uff1d1"],
    ['\u0000=1', '\ufffd=1'],
    ['\u009b31m', '\ufffd31m'],
    ["'=1", "'=1"],
  ];
  for (const [text, cell] of cases) assert.equal(textCell(text), cell, JSON.stringify(text));
});

test('textCell: whatever a page says, one cell is read again, and it begins like no formula', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'=+-@\t\r\n",\';ab') }));
  fc.assert(
    fc.property(text, fc.string(), (one, two) => {
      const [cells, ...more] = parse(`${textCell(one)},${textCell(two)},\r\n`, { record_delimiter: '\r\n' });
      assert.deepEqual([cells?.length, more.length], [3, 0]);
      assert.doesNotMatch(cells![0]!, /^[=+\-@\t\r\n]/);
      const tame = one.replace(/[^\P{Cc}\t\r\n]/gu, '\ufffd');
      assert.ok(cells![0] === tame || cells![0] === `'${tame}`);
    }),
    { numRuns: 1_000 },
  );
});

test('exportCsv: the columns are the fields of the record', () => {
  assert.equal(new Set(COLUMNS.map(({ name }) => name)).size, COLUMNS.length);
});

test('exportCsv: a broken reader rejects', async () => {
  const { ledger, frontier } = await jobOfTexts([]);
  const broken = new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('disk full')) });
  await assert.rejects(exportCsv(ledger, broken), /disk full/);
  await frontier.close();
});
