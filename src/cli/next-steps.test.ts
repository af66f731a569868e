import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folded, nextLines, type Step } from './next-steps.ts';

const steps = (job: string): Step[] => [
  [`gossamer export jsonl ${job} -o urls.jsonl`, 'one line a URL'],
  [`gossamer report ${job}`, 'what is broken'],
];

test('nextLines: a line a step, none wider than 80 columns', () => {
  assert.deepEqual(nextLines(steps('a')), [
    'Next: gossamer export jsonl a -o urls.jsonl   one line a URL',
    '      gossamer report a                       what is broken',
  ]);
});

test('nextLines: where a line would be too long, what a command is for stands below it', () => {
  const job = 'crawls/documentation.example.com_8080';
  const lines = nextLines(steps(job));
  assert.deepEqual(lines, [
    `Next: gossamer export jsonl ${job} -o urls.jsonl`,
    '         one line a URL',
    `      gossamer report ${job}`,
    '         what is broken',
  ]);
  for (const line of lines) assert.ok(line.length <= 80, line);
});

test('nextLines: a quoted folder that is long is not broken, and wide letters count double', () => {
  const long = `'${'a b'.repeat(40)}'`;
  assert.equal(nextLines(steps(long))[0], `Next: gossamer export jsonl ${long} -o urls.jsonl`);
  const wide = `'${'図'.repeat(12)}'`;
  assert.equal(nextLines([[`gossamer report ${wide}`, 'x'.repeat(30)]]).length, 2);
  assert.equal(nextLines([[`gossamer report ${wide}`, 'x'.repeat(28)]]).length, 1);
});

test('folded: breaks between words, keeps the first indentation, and leaves long words whole', () => {
  assert.deepEqual(folded('short'), ['short']);
  const words = `  failed   9  (${Array.from({ length: 12 }, (_, n) => `${n} dns-failure`).join(', ')})`;
  const lines = folded(words, '              ');
  assert.ok(lines.length > 1 && lines.every((line) => line.length <= 80));
  assert.equal(lines.map((line) => line.trim()).join(' '), words.trim());
  assert.deepEqual(folded(`a ${'x'.repeat(90)} b`), ['a', 'x'.repeat(90), 'b']);
});
