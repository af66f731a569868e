import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { folded, nextLines, type Step } from './next-steps.ts';

const steps = (job: string): Step[] => [
  [`gossamer export jsonl ${job} -o urls.jsonl`, 'one line per URL'],
  [`gossamer report ${job}`, 'what is broken'],
];

test('nextLines: a line a step, none wider than 80 columns', () => {
  assert.deepEqual(nextLines(steps('a')), [
    'Next: gossamer export jsonl a -o urls.jsonl   one line per URL',
    '      gossamer report a                       what is broken',
  ]);
});

test('nextLines: where a line would be too long, what a command is for stands below it', () => {
  const job = 'crawls/documentation.example.com_8080';
  const lines = nextLines(steps(job));
  assert.deepEqual(lines, [
    `Next: gossamer export jsonl ${job} -o urls.jsonl`,
    '         one line per URL',
    `      gossamer report ${job}`,
    '         what is broken',
  ]);
  for (const line of lines) assert.ok(line.length <= 80, line);
});

test('nextLines: a long command goes on in the next line as a shell reads it, and a quoted word stays whole', () => {
  const job = 'crawls/documentation.of.a.long.example.com_8080';
  const lines = nextLines(steps(job));
  for (const line of lines) assert.ok(line.length <= 80, line);
  assert.deepEqual(lines.slice(0, 2), [`Next: gossamer export jsonl ${job} \\`, '        -o urls.jsonl']);
  const long = `'${'a b'.repeat(40)}'`;
  assert.deepEqual(nextLines(steps(long)).slice(0, 3), [
    'Next: gossamer export jsonl \\',
    `        ${long} \\`,
    '        -o urls.jsonl',
  ]);
  const command = `gossamer export jsonl 'it'\\''s ${'x'.repeat(70)}' -o urls.jsonl`;
  const typed = nextLines([[`printf '%s\\n' ${command}`, 'x']])
    .slice(0, -1)
    .join('\n')
    .replace('Next: ', '');
  const { stdout } = spawnSync('sh', ['-c', typed], { encoding: 'utf8' });
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'gossamer',
    'export',
    'jsonl',
    `it's ${'x'.repeat(70)}`,
    '-o',
    'urls.jsonl',
  ]);
});

test('nextLines: wide letters count double', () => {
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
