import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionLine } from './decisions.ts';

test('decisionLine: a line for each event that decides something', () => {
  const now = Date.now();
  const later = new Date(now + 5_000);
  const clock = later.toTimeString().slice(0, 8);
  const url = 'http://a.test/';
  const table: readonly [event: string, fields: Parameters<typeof decisionLine>[1], line: string | RegExp | null][] = [
    [
      'done',
      { url, status: 200, bytes: 512, links: 1, elapsedMs: 12 },
      'done 200          http://a.test/  512 B, 1 link, 12 ms',
    ],
    ['done', { url, status: 301, redirectTo: 'http://b.test/' }, 'done 301          http://a.test/  to http://b.test/'],
    ['failed', { url, error: 'refused', tries: 1 }, 'failed refused    http://a.test/  after 1 try'],
    [
      'failed',
      { url, error: 'first-byte-timeout', tries: 4 },
      'failed first-byte-timeout  http://a.test/  after 4 tries',
    ],
    [
      'again',
      { url, status: 503, notBefore: later.toISOString() },
      new RegExp(`^again 503 +http://a.test/ {2}at .*${clock}$`),
    ],
    ['again', { url, status: 429 }, 'again 429         http://a.test/  with its host'],
    ['skipped', { url, reason: 'robots' }, 'skipped robots    http://a.test/'],
    ['not-admitted', { url, reason: 'scope' }, 'skipped scope     http://a.test/'],
    ['robots', { host: 'http://a.test', status: 404, bytes: 0 }, 'robots 404        http://a.test  0 B'],
    [
      'robots',
      { host: 'http://a.test', status: 0, bytes: null },
      'robots            http://a.test  no requests are allowed yet',
    ],
    [
      'held',
      { host: 'http://a.test', until: later.toISOString(), why: 'status 429' },
      new RegExp(`^held +http://a.test {2}until .*${clock}: status 429$`),
    ],
    [
      'held',
      { host: 'http://a.test', until: null, why: 'refused' },
      'held              http://a.test  for a later run: refused',
    ],
    [
      'waiting',
      { host: 'http://a.test', until: later.getTime(), why: '' },
      new RegExp(`^waiting +http://a.test {2}until .*${clock}$`),
    ],
    ['sitemap', { url, verdict: 'read', status: 200, entries: 1 }, 'sitemap read      http://a.test/  1 entry'],
    ['archive-cut', { file: 'a.warc.gz' }, 'archive-cut       a.warc.gz'],
    ['start', {}, null],
    ['end', {}, null],
  ];
  for (const [event, fields, line] of table) {
    const said = decisionLine(event, fields, now);
    if (line instanceof RegExp) assert.match(said!, line);
    else assert.equal(said, line);
  }
});
