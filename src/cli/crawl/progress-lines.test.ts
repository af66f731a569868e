import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Progress } from '../../job/assemble.ts';
import { columnsOf } from '../plain.ts';
import {
  COLOURS,
  NO_PAINT,
  progressLine,
  progressLines,
  ratesOf,
  type Sample,
  sampleOf,
  shortageText,
  withSample,
} from './progress-lines.ts';

const NOW = new Date(2026, 0, 2, 12, 0, 0).getTime();
const RATES = { pagesPerSecond: 45.23, bytesPerSecond: 1_363_149 };

function progress(more: Partial<Progress> = {}): Progress {
  const host = { limit: 16, latencyMs: 42, heldUntil: null, why: null };
  return {
    job: 'crawls/a.example',
    state: 'unfinished',
    stoppedBy: null,
    urls: { queued: 4321, leased: 17, done: 1234, failed: 3, skipped: 9 },
    requests: 1300,
    bytes: 5_000_000,
    elapsedMs: 83_000,
    peakInFlight: 20,
    loopLate: null,
    inFlight: 16,
    slowHosts: [],
    traps: [],
    refusals: [],
    shortage: null,
    archiveTrouble: null,
    hosts: [
      { ...host, host: 'https://a.example', inFlight: 10 },
      { ...host, host: 'https://b.example', inFlight: 5 },
      { ...host, host: 'https://c.example', inFlight: 1 },
      { ...host, host: 'https://d.example', inFlight: 1 },
      { ...host, host: 'https://idle.example', inFlight: 0 },
    ],
    waitingFor: { host: 'https://slow.example', until: NOW + 30_000, why: '503 \x1b[2J' },
    anyResponse: true,
    ...more,
  };
}

test('progressLines: counts, pace, the three busiest hosts and what is waited for', () => {
  assert.deepEqual(progressLines(progress(), RATES, 100, NOW, NO_PAINT), [
    '  1,234 done     16 in flight    4,321 queued      3 failed',
    '   45.2 pages/s     1.3 MB/s  1 min 23 s, 4.8 MB',
    '  10/16    42 ms  https://a.example',
    '   5/16    42 ms  https://b.example',
    '   1/16    42 ms  https://c.example',
    '         waits for https://slow.example until 12:00:30 (30 s): 503 \ufffd[2J',
  ]);
});

test('progressLines: no line is wider than the terminal, and colours take no room', () => {
  for (let columns = 0; columns < 90; columns += 1) {
    for (const line of progressLines(progress(), RATES, columns, NOW, NO_PAINT))
      assert.ok(columnsOf(line) <= columns, line);
  }
  const painted = progressLines(progress(), RATES, 60, NOW, COLOURS).join('\n');
  assert.equal(stripVTControlCharacters(painted), progressLines(progress(), RATES, 60, NOW, NO_PAINT).join('\n'));
});

test('progressLines: a host beyond patience has no time', () => {
  const waitingFor = { host: 'https://gone.example', until: null, why: 'refused' };
  const lines = progressLines(progress({ waitingFor, hosts: [] }), RATES, 100, NOW, NO_PAINT);
  assert.equal(lines.at(-1)?.trim(), 'https://gone.example is left for a later run: refused');
});

test('progressLines: a crawl that the user paused says so', () => {
  const waitingFor = { host: 'this machine', until: null, why: 'the user paused the crawl' };
  const lines = progressLines(progress({ waitingFor, hosts: [] }), RATES, 100, NOW, NO_PAINT);
  assert.equal(lines.at(-1)?.trim(), 'waits for this machine: the user paused the crawl');
});

test('progressLine: the same on one line', () => {
  assert.equal(
    progressLine(progress(), RATES, NOW),
    '1,234 done, 16 in flight, 4,321 queued, 3 failed; 45.2 pages/s, 1.3 MB/s; waits for https://slow.example until 12:00:30 (30 s): 503 \ufffd[2J',
  );
});

test('ratesOf: over the last seconds, and nothing before there are two samples', () => {
  let samples: Sample[] = [];
  assert.deepEqual(ratesOf(samples), { pagesPerSecond: 0, bytesPerSecond: 0 });
  for (let second = 0; second <= 20; second += 1)
    samples = withSample(samples, { at: second * 1000, pages: second * second, bytes: second * 10 });
  assert.equal(samples[0]?.at, 15_000);
  assert.deepEqual(ratesOf(samples), { pagesPerSecond: (400 - 225) / 5, bytesPerSecond: 10 });
});

test('sampleOf: what was asked and answered, or not', () => {
  assert.deepEqual(sampleOf(progress(), 7), { at: 7, pages: 1237, bytes: 5_000_000 });
});

test('shortageText: one sentence with the figures, and the advice that fits what is lacking', () => {
  const few = { most: 19, asked: 1000, limit: 64, why: '' };
  const ours =
    'At most 19 requests at a time, not 1,000: this process may have 64 files open (ulimit -n). Raise the limit and start again, for example: ulimit -n ';
  for (const [more, text] of [
    [{}, `${ours}4096`],
    [{ why: 'EMFILE' }, `${ours}4096`],
    [{ asked: 20_000 }, `${ours.replace('1,000', '20,000')}32768`],
    [{ limit: null, why: 'EMFILE' }, 'this process has reached its limit of open files (ulimit -n).'],
    [{ why: 'ENFILE' }, 'all programs of this machine together have reached the limit of open files.'],
    [{ why: 'EADDRNOTAVAIL' }, 'no local port is free.'],
    [{ why: 'ENOBUFS' }, 'this machine has no resources left for more (ENOBUFS).'],
    [{ most: 1, why: 'ENFILE' }, 'At most 1 request at a time, not 1,000: '],
  ] as const) {
    const said = shortageText({ ...few, ...more });
    assert.ok(said.startsWith(text) || said.endsWith(`, not 1,000: ${text}`), said);
  }
});
