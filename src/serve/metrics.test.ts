import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsText } from './metrics.ts';

const lane = (host: string) => ({ host, inFlight: 1, limit: 2, latencyMs: 3, heldUntil: null, why: null });

test('metricsText: names of hosts are escaped, and only the busiest are named', () => {
  const hosts = [lane('http://a"b\\c\n'), ...Array.from({ length: 30 }, (_, at) => lane(`http://h${at}.test`))];
  const urls = { queued: 5, leased: 1, done: 7, failed: 2, skipped: 3 };
  const text = metricsText([{ job: 'j', live: { urls, bytes: 10, inFlight: 1, requests: 9, hosts }, observer: null }]);
  assert.match(text, /gossamer_pages_total\{job="j"\} 9\n/);
  assert.ok(text.includes('gossamer_host_limit{job="j",host="http://a\\"b\\\\c\\n"} 2\n'));
  assert.equal(text.match(/gossamer_host_in_flight\{/g)?.length, 20);
});

test('metricsText: a histogram adds up, in seconds', () => {
  const histogram = { boundsMs: [10, 100], counts: [2, 3, 1], sumMs: 1_500 };
  const urls = { queued: 0, leased: 0, done: 0, failed: 0, skipped: 0 };
  const observer = { errors: new Map([['reset', 4]]), firstByte: histogram, whole: histogram };
  const live = { urls, bytes: 0, inFlight: 0, requests: 0, hosts: [] };
  const text = metricsText([{ job: 'j', live, observer }]);
  assert.match(text, /gossamer_errors_total\{job="j",code="reset"\} 4\n/);
  const lines = text.split('\n').filter((line) => line.startsWith('gossamer_request_seconds'));
  assert.deepEqual(lines, [
    'gossamer_request_seconds_bucket{job="j",le="0.01"} 2',
    'gossamer_request_seconds_bucket{job="j",le="0.1"} 5',
    'gossamer_request_seconds_bucket{job="j",le="+Inf"} 6',
    'gossamer_request_seconds_sum{job="j"} 1.5',
    'gossamer_request_seconds_count{job="j"} 6',
  ]);
});
