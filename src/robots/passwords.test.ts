import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../base/contracts.ts';
import { robotsRecord } from './policy.ts';
import { parseRobots, rulesFor } from './rules.ts';

const answer = (text: string): Outcome =>
  ({ status: 200, headers: [], error: null, truncated: null, refused: null, body: Buffer.from(text) }) as never;

test('robotsRecord: the store gets no password of a sitemap, and every rule as it is', () => {
  const rules =
    'User-agent: *\nDisallow: /out?u=https://me@b.test/\nAllow: /in?u=http://me:secret@b.test/\nDisallow: /sitemap?u=http://me@b.test/\n';
  const sitemaps =
    'Sitemap: https://me:secret@a.test/1\nSitemap:                              https://a.test/2 https://me@a.test/3\nsite-map : "http://me@a.test/2"\n\uff1a SITEMAP:http:\\\\x@a.test/3\n';
  const body = robotsRecord(answer(rules + sitemaps), 0)!.body!;
  const written = Buffer.from(body).toString();
  assert.equal(written, rules + sitemaps.replace(/me:secret@|me@|x@/g, ''));
  const { decide } = rulesFor(parseRobots(body), 'gossamer');
  assert.equal(decide('https://a.test/out?u=https://me@b.test/page').allowed, false);
});
