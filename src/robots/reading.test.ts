import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRobots, readingRules, rulesFor } from './rules.ts';

test('readingRules: a file of 512 KB is read and compiled in slices, and decides as one that is read in one go', () => {
  const rules = Array.from({ length: 47_000 }, (_, at) => `Disallow:*${at.toString(36)}!`);
  for (const lines of [rules, rules.map((line) => line.replace('*', '/')), ['Allow: /', ...rules]]) {
    const bytes = Buffer.from(['User-agent:*', ...lines].join('\n'));
    const reading = readingRules(bytes, 'gossamer');
    let slices = 1;
    let step = reading.next();
    for (; step.done !== true; slices += 1) step = reading.next();
    assert.ok(slices > 15, String(slices));
    const whole = rulesFor(parseRobots(bytes), 'gossamer');
    for (const path of ['/', '/zz!', '/x/zz!', `/${(20_000).toString(36)}!`])
      assert.deepEqual(step.value.decide(`http://h${path}`), whole.decide(`http://h${path}`), path);
  }
});

test('readingRules: a file that people write is read in one slice', () => {
  const bytes = Buffer.from(`User-agent: *\n${'Disallow: /private\n'.repeat(1_000)}`);
  const step = readingRules(bytes, 'gossamer').next();
  assert.ok(step.done === true && !step.value.decide('http://h/private').allowed);
});
