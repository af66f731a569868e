import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../base/contracts.ts';
import { searchRules, searchSignals } from './signals.ts';

const PAGE = 'https://example.com/blog/page';

const FILES: readonly (readonly [what: string, lines: string, allowed: boolean | null])[] = [
  ['no signal', 'User-agent: *\nDisallow: /private', null],
  ['Content-Signal for all', 'User-agent: *\nContent-Signal: search=no, ai-train=no\nAllow: /', false],
  ['Content-Usage with its short words', 'User-agent: *\nContent-Usage: train-ai=n, search=n', false],
  ['a signal that allows', 'User-agent: *\nContent-Signal: search=yes,ai-train=no', true],
  ['only signals about other uses', 'User-agent: *\nContent-Signal: ai-train=no', null],
  ['a signal for another crawler', 'User-agent: other\nContent-Signal: search=no', true],
  [
    'our group, which has no signal',
    'User-agent: *\nContent-Signal: search=no\n\nUser-agent: Gossamer\nAllow: /',
    true,
  ],
  ['our group, which has one', 'User-agent: gossamer/1.0\nContent-Signal: search=no\n\nUser-agent: *\nAllow: /', false],
  ['one of two agents', 'User-agent: other\nUser-agent: *\nContent-Signal: search=no', false],
  ['a path', 'User-agent: *\nContent-Usage: /blog/ search=n', false],
  ['a path elsewhere', 'User-agent: *\nContent-Usage: /shop/ search=n', true],
  ['the longest path', 'User-agent: *\nContent-Usage: search=n\nContent-Usage: /blog/ search=y', true],
  ['before all groups, in other letters', 'CONTENT-SIGNAL: Search = No', false],
  ['a word that only looks like it', 'User-agent: *\nContent-Signal: research=no', null],
  ['a comment', 'User-agent: *\n# Content-Signal: search=no', null],
];
for (const [what, lines, allowed] of FILES) {
  test(`searchRules: ${what}`, () => {
    const allows = searchRules(Buffer.from(lines), 'gossamer');
    assert.equal(allows === null ? null : allows(PAGE), allowed);
  });
}

const HEADERS: readonly (readonly [name: string, value: string, isBarred: boolean])[] = [
  ['X-Robots-Tag', 'noindex', true],
  ['X-Robots-Tag', 'mybot: noindex', true],
  ['X-Robots-Tag', 'other: noindex', false],
  ['X-Robots-Tag', 'nofollow, none', true],
  ['Content-Signal', 'ai-train=no, search=no', true],
  ['Content-Usage', 'search=n', true],
  ['Content-Usage', 'search=y, train-ai=n', false],
  ['Content-Type', 'search=no', false],
];
for (const [name, value, isBarred] of HEADERS) {
  test(`searchSignals: ${name}: ${value}`, async () => {
    for (const agent of ['MyBot', 'other {"A.test":"MyBot"}']) {
      const runs = async () => [{ agent }];
      const job = { runs, async *hosts() {} } as unknown as Parameters<typeof searchSignals>[0]['job'];
      const signals = await searchSignals({ job });
      assert.equal(signals.isBarredBy({ url: 'http://a.test/' } as Row, [name, value]), isBarred);
    }
  });
}
