import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Standing, sentenceOf } from './sentence.ts';

const NOW = Date.parse('2026-11-26T10:00:00Z');
const RUNNING: Standing = {
  roots: ['https://example.com/'],
  urls: { queued: 3_100, leased: 0, done: 12_480, failed: 0, skipped: 7 },
  broken: null,
  isRunning: true,
  isPaused: false,
  isFinished: false,
  stoppedBy: null,
  waitingFor: null,
  inFlight: 0,
  leftMs: 240_000,
};

function said(more: Partial<Standing>): string {
  return sentenceOf({ ...RUNNING, ...more }, NOW)
    .map(({ text }) => text)
    .join('');
}

test('sentenceOf: says how a crawl stands, as a person would', () => {
  const crawling = 'Crawling example.com: 12,480 pages done, 3,100 queued, about 4 min 0 s left.';
  const waits = (ms: number) => ({ waitingFor: { host: 'http://a.test', until: NOW + ms, why: 'status 429' } });
  assert.equal(said({}), crawling);
  assert.equal(said(waits(200)), crawling, 'the pause between two requests is no wait');
  assert.equal(said({ ...waits(60_000), inFlight: 1 }), crawling);
  assert.match(said(waits(60_000)), /^Waiting for http:\/\/a\.test until .*, because: status 429\. 12,480 pages done/);
  assert.match(said({ isPaused: true }), /^Paused\. 12,480 pages done, 3,100 queued\.$/);
  const over = { isRunning: false, leftMs: null };
  assert.match(said({ ...over, stoppedBy: 'limit' }), /^Unfinished: it reached its limit of URLs\. /);
  const finished = { ...over, isFinished: true, urls: { queued: 0, leased: 0, done: 9, failed: 2, skipped: 0 } };
  assert.equal(said(finished), 'Finished. 9 pages done, 2 failed.');
  assert.equal(said({ ...finished, broken: 1 }), 'Finished. 9 pages done, 1 of them broken, 2 failed.');
  assert.equal(said({ ...finished, broken: 0 }), 'Finished. 9 pages done, 2 failed.');
});
