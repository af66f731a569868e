import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRobots, type RobotsRules, rulesFor } from './rules.ts';

function rules(text: string, agent = 'gossamer'): RobotsRules {
  return rulesFor(parseRobots(Buffer.from(text)), agent);
}

const DELAYS: readonly (readonly [name: string, text: string, agent: string, delayMs: number | null])[] = [
  ['of another bot behind ours', '*|1||other|2000', 'gossamer', 1_000],
  ['that other bot itself', '*|1||other|2000', 'other', 2_000_000],
  ['of another bot before ours', 'other|2000||*|1', 'gossamer', 1_000],
  ['no value of ours', 'other|2000||*|', 'gossamer', null],
  ['one that cannot be read is not taken from another bot', '*|soon||other|2000', 'gossamer', null],
  ['a third bot', '*|1||other|2000||third|7', 'third', 7_000],
  ['ours by name, not those of all', '*|9||gossamer|2', 'gossamer', 2_000],
];
for (const [name, text, agent, delayMs] of DELAYS) {
  test(`rules: Crawl-delay: ${name}`, () => {
    const lines = text.split('|');
    const file = lines.map((word, at) => {
      if (word === '') return '';
      return at % 3 === 0 ? `User-agent: ${word}` : at % 3 === 1 ? `Crawl-delay: ${word}` : word;
    });
    assert.equal(rules(file.join('\n'), agent).crawlDelayMs, delayMs);
  });
}

test('rules: the first Crawl-delay of a group counts, and the first that can be read', () => {
  const delayOf = (...lines: string[]): number | null => rules(lines.join('\n')).crawlDelayMs;
  assert.equal(delayOf('User-agent: *', 'Crawl-delay: 2', 'Crawl-delay: 30'), 2_000);
  assert.equal(delayOf('User-agent: *', 'Crawl-delay: soon', 'Crawl-delay: 30'), 30_000);
  assert.equal(delayOf('User-agent: *', 'Disallow: /a', 'Crawl-delay: 3', 'Disallow: /b', 'Crawl-delay: 4'), 3_000);
  assert.equal(delayOf('User-agent: b', 'User-agent: *', 'Disallow: /a', 'Crawl-delay: 3'), 3_000);
  assert.equal(delayOf('User-agent: *', 'User-agent: b', 'Crawl-delay: 3'), 3_000, 'agents in a row share a group');
});

const WRITTEN: readonly (readonly [value: string, delayMs: number | null])[] = [
  ['1,5', 1_500],
  ['"7"', 7_000],
  ["'7'", 7_000],
  ['5;', 5_000],
  ['5s', 5_000],
  ['5 sec', 5_000],
  ['10seconds', 10_000],
  ['3 # seconds', 3_000],
  ['2-5', 2_000],
  ['2.', 2_000],
  ['.5', 500],
  ['500ms', 500],
  ['500 milliseconds', 500],
  ['1.2.3', 1_200],
  ['999999999', 86_400_000],
  ['\u00a04', 4_000],
  ['-1', null],
  ['soon, in 5', null],
  ['', null],
];
for (const [value, delayMs] of WRITTEN) {
  test(`rules: Crawl-delay: ${JSON.stringify(value)}`, () => {
    assert.equal(rules(`User-agent: *\nCrawl-delay: ${value}`).crawlDelayMs, delayMs);
  });
}

test('rules: a Crawl-delay whose name is written with a space', () => {
  assert.equal(rules('User-agent: *\nCrawl delay: 3').crawlDelayMs, 3_000);
  assert.equal(rules('User-agent: *\ncrawl  delay: 3').crawlDelayMs, null);
});
