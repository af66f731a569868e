import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRobots, readingRules, rulesFor } from './rules.ts';

/** As long as an input of strangers may hold up the event loop. */
const SLICE_MS_MAX = 50;

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

/** 512 KB of lines. */
const FILES: Readonly<Record<string, (at: number) => string>> = {
  'rules with stars': (at) => `Allow:*${at.toString(36)}`,
  'rules of one letter': (at) => `Allow:/${at % 10}`,
  'rules with signs that are longer in their own form': (at) => `Allow:$$$$$$$${at}$`,
  groups: (at) => `User-agent:*\nAllow:/${at}`,
  agents: (at) => `User-agent:${at}`,
  'blank lines': () => '',
  escapes: (at) => `Allow:/%4${at % 10}%e2%82`,
};

for (const [name, line] of Object.entries(FILES)) {
  test(`readingRules: no slice holds up the event loop for long: ${name}`, () => {
    const length = Math.floor((512 * 1024) / (line(10_000).length + 1)) - 10;
    const bytes = Buffer.from(`User-agent: *\n${Array.from({ length }, (_, at) => line(at)).join('\n')}`);
    // The work of the machine besides does not come again in the same place.
    const worst = Math.min(worstSliceMs(bytes), worstSliceMs(bytes));
    assert.ok(worst <= SLICE_MS_MAX, `${worst} ms`);
  });
}

/** The processor time of the longest slice. */
function worstSliceMs(bytes: Uint8Array): number {
  const reading = readingRules(bytes, 'gossamer');
  let worst = 0;
  for (let isOver = false; !isOver; ) {
    const before = process.threadCpuUsage();
    isOver = reading.next().done === true;
    const { user, system } = process.threadCpuUsage(before);
    worst = Math.max(worst, (user + system) / 1_000);
  }
  return worst;
}

test('readingRules: a file that people write is read in one slice', () => {
  const bytes = Buffer.from(`User-agent: *\n${'Disallow: /private\n'.repeat(1_000)}`);
  const step = readingRules(bytes, 'gossamer').next();
  assert.ok(step.done === true && !step.value.decide('http://h/private').allowed);
});
