import assert from 'node:assert/strict';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { BATCH_FRAME_LENGTH_MAX } from '../../base/limits.ts';
import type { Shell } from '../shell.ts';
import { type Answer, bytesField, optionalField, runBatch, textField } from './batch.ts';

/** Takes what is written at the pace of `take`; a stream with room for one byte, so that every write must wait. */
function shellFor(input: Iterable<Uint8Array>, take: (text: string) => Promise<void>): Shell {
  const out = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _, callback) {
      take(chunk.toString()).then(() => callback(), callback);
    },
  });
  out.on('error', () => {});
  return { in: Readable.from(input), out, err: out, environment: {}, clock: systemClock };
}

async function answersTo(lines: readonly string[], answer: Answer): Promise<unknown[]> {
  let text = '';
  const shell = shellFor([Buffer.from(lines.join('\n'))], async (more) => {
    text += more;
  });
  await runBatch(shell, [], answer);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

test('runBatch: a line for each line, in order, and an error in the place of one that cannot be answered', async () => {
  const lines = ['{"n": "1"}', 'no json', '', '5', '[]', 'null', '{"n": 2}', '{}', '{"n": "3"}\r', '{"n": "4"}'];
  const answers = await answersTo(lines, (fields) => ({ n: textField(fields, 'n') }));
  const kinds = answers.map((answer) => (Object.hasOwn(answer as object, 'error') ? 'error' : answer));
  assert.deepEqual(kinds, [{ n: '1' }, ...Array(7).fill('error'), { n: '3' }, { n: '4' }]);
  assert.deepEqual(answers[7], { error: 'The line has no field "n".' });
});

test('runBatch: answers that take their time keep their place', async () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const answers = await answersTo(['{"n":"3"}', '{"n":"x"}', '{"n":"1"}'], async (fields) => {
    const n = Number(textField(fields, 'n'));
    for (let count = 0; count < n; count += 1) await turn();
    if (Number.isNaN(n)) throw new UsageError('n: no number.');
    return { n };
  });
  assert.deepEqual(answers, [{ n: 3 }, { error: 'n: no number.' }, { n: 1 }]);
});

test('runBatch: reads no faster than it is read', async () => {
  let read = 0;
  function* input(): Generator<Uint8Array> {
    for (; read < 1000; read += 1) yield Buffer.from('{}\n'.repeat(10));
  }
  let taken = 0;
  const shell = shellFor(input(), async (text) => {
    taken += text.split('\n').length - 1;
    // The stream's own buffer holds a few reads, whatever is written.
    assert.ok(read <= taken / 10 + 40, `${read} reads when ${taken} lines were taken`);
  });
  await runBatch(shell, [], () => ({}));
  assert.equal(taken, 10_000);
});

test('runBatch: ends where its reader leaves', async () => {
  let read = 0;
  function* endless(): Generator<Uint8Array> {
    for (; ; read += 1) yield Buffer.from('{}\n');
  }
  const gone = Object.assign(new Error('gone'), { code: 'EPIPE' });
  const shell = shellFor(endless(), () => Promise.reject(gone));
  await assert.rejects(
    runBatch(shell, [], () => ({})),
    gone,
  );
  const again = { ...shell, in: Readable.from(endless()) };
  await assert.rejects(
    runBatch(again, [], () => ({})),
    gone,
  );
  assert.ok(read < 100, `${read} reads`);
});

test('runBatch: refuses arguments beside it, and lets what is no UsageError through', async () => {
  const shell = shellFor([Buffer.from('{}')], async () => {});
  await assert.rejects(
    runBatch(shell, ['x'], () => ({})),
    /--batch reads from stdin: leave out "x"/,
  );
  const broken = new Error('broken');
  const fail = (): never => {
    throw broken;
  };
  await assert.rejects(runBatch(shell, [], fail), broken);
});

test('runBatch: numbers, lists and objects in a line have a bound, texts may be as long as the line', async () => {
  const long = '\\"'.repeat(BATCH_FRAME_LENGTH_MAX);
  const lines = [
    `{"n":"${long}"}`,
    `{"n":"1","m":[${'[],'.repeat(BATCH_FRAME_LENGTH_MAX)}1]}`,
    `{"n":"\\\\","m":${'['.repeat(2 * BATCH_FRAME_LENGTH_MAX)}`,
    `{"n":"1","m":[${'"\\\\",'.repeat(BATCH_FRAME_LENGTH_MAX)}"1"]}`,
    `{"n":"${long}`,
    '{"n":"1","m":[[],{}]}',
  ];
  const answers = (await answersTo(lines, (fields) => ({ n: textField(fields, 'n').length }))) as object[];
  const frame = (line: number) => ({ error: `Line ${line} has more than 65536 characters outside of its texts.` });
  const [first, ...others] = answers;
  assert.deepEqual(first, { n: BATCH_FRAME_LENGTH_MAX });
  assert.deepEqual(others, [frame(2), frame(3), frame(4), { error: 'The line is not JSON.' }, { n: 1 }]);
});

test('textField and its kin: what is missing, null, or no text', () => {
  assert.equal(optionalField({}, 'toString'), undefined);
  assert.equal(optionalField({ a: null }, 'a'), undefined);
  assert.throws(() => optionalField({ a: 5 }, 'a'), /a: 5 is not a text/);
  assert.throws(() => textField({ a: null }, 'a'), /no field "a"/);
  const read = (fields: Record<string, string>): unknown => {
    const { bytes, isText } = bytesField(fields, 'html');
    return [Buffer.from(bytes).toString('latin1'), isText];
  };
  assert.deepEqual(read({ html: 'ü' }), ['Ã¼', true]);
  assert.deepEqual(read({ htmlBase64: '/w==' }), ['\xff', false]);
  assert.deepEqual(read({ htmlBase64: '_w' }), ['\xff', false]);
  assert.throws(() => read({ htmlBase64: 'a b' }), /htmlBase64/);
});
