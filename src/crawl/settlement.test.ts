import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease, Outcome } from '../base/contracts.ts';
import type { Redirect } from './admission.ts';
import { paceEventOf, settlementOf, unasked, type Visit } from './settlement.ts';

const LEASE: Lease = {
  id: 7,
  url: 'http://h/',
  host: 'http://h',
  hostId: 1,
  depth: 1,
  hops: 0,
  tries: 0,
  wasAsked: false,
  wasTakenBack: false,
  forms: [],
  formsAskedAt: [],
};
const NOWHERE: Redirect = { target: null, form: null, fragment: '', error: null, remark: '' };
const OUTCOME: Outcome = {
  url: 'http://h/',
  status: 200,
  error: null,
  refused: null,
  detail: '',
  truncated: null,
  headers: ['Content-Type', 'Text/HTML; charset=utf-8'],
  requestHead: '',
  responseHead: '',
  rawBody: Buffer.from('hello'),
  body: Buffer.from('hello'),
  spooled: null,
  remoteAddress: '127.0.0.1',
  protocol: 'http/1.1',
  startedAt: 1000,
  sentAt: 0,
  firstByteMs: 5,
  elapsedMs: 9.6,
  wireBytes: 100,
};

function settle(outcome: Partial<Outcome>, tries = 0, redirect = NOWHERE, spent = 1): ReturnType<typeof settlementOf> {
  return settlementOf({ ...visitOf(outcome, tries), redirect, spent }, 3, 50_000);
}

function visitOf(outcome: Partial<Outcome>, tries = 0): Visit {
  const nothing = { found: null, links: [], redirect: NOWHERE, spent: 1 };
  return { ...nothing, lease: { ...LEASE, tries }, outcome: { ...OUTCOME, ...outcome } };
}

test('settlementOf: a response is done whatever its status, with its digest and media type', () => {
  for (const status of [200, 204, 301, 403, 404, 410, 501])
    assert.equal(settle({ status }).state, 'done', String(status));
  const { response, tries, elapsedMs } = settle({});
  assert.equal(response?.contentType, 'text/html');
  assert.equal(response?.bytes, 5);
  assert.equal(
    Buffer.from(response?.sha256 ?? [])
      .toString('hex')
      .slice(0, 8),
    '2cf24dba',
  );
  assert.equal(tries, 1);
  assert.equal(elapsedMs, 10);
});

test('settlementOf: a reset is tried four times in all, further apart each time, then failed', () => {
  const reset = { status: 0, error: 'reset' } as const;
  const dues = [0, 1, 2].map((tries) => settle(reset, tries)).map(({ state, dueAt }) => [state, dueAt - 50_000]);
  assert.deepEqual(dues, [
    ['queued', 1000],
    ['queued', 4000],
    ['queued', 16_000],
  ]);
  const last = settle(reset, 3);
  assert.deepEqual([last.state, last.error, last.tries], ['failed', 'reset', 4]);
});

test('settlementOf: what is over of the pause before the second try is not waited for again', () => {
  const timeout = { status: 0, error: 'first-byte-timeout' } as const;
  const dueAt = (pausedMs: number, tries: number): number =>
    settlementOf({ ...visitOf(timeout, tries), spent: 1, pausedMs }, 3, 50_000).dueAt - 50_000;
  assert.deepEqual([dueAt(400, 0), dueAt(30_000, 0), dueAt(30_000, 1), dueAt(30_000, 2)], [600, 0, 4_000, 16_000]);
});

test('settlementOf: a 5xx that stays is done with its status', () => {
  assert.equal(settle({ status: 500 }, 0).state, 'queued');
  assert.equal(settle({ status: 500 }, 3).state, 'done');
});

test('settlementOf: 429, and 503 with Retry-After, spend no try', () => {
  for (const outcome of [{ status: 429 }, { status: 503, headers: ['retry-after', '5'] }]) {
    const { state, tries } = settle(outcome, 2, NOWHERE, 0);
    assert.deepEqual([state, tries], ['queued', 2]);
  }
  assert.equal(settle({ status: 503 }, 2).tries, 3);
});

test('settlementOf: a body that the peer cut is failed with its status, after all tries', () => {
  const cut = settle({ error: 'disconnect', truncated: 'disconnect' }, 3);
  assert.deepEqual(
    [cut.state, cut.error, cut.response?.status, cut.response?.truncated],
    ['failed', 'disconnect', 200, 'disconnect'],
  );
});

test('settlementOf: a body that we cut is done, and says so', () => {
  assert.deepEqual(
    [settle({ truncated: 'length' }).state, settle({ truncated: 'length' }).response?.truncated],
    ['done', 'length'],
  );
  assert.deepEqual([settle({ truncated: 'time', error: 'min-rate' }).state], ['done']);
});

test('settlementOf: what the guard refused is skipped with its reason', () => {
  const { state, reason, response } = settle({ status: 0, refused: 'address' });
  assert.deepEqual([state, reason, response], ['skipped', 'address', null]);
});

test('settlementOf: redirects that end nowhere are failed by name', () => {
  assert.equal(settle({ status: 302 }, 0, { ...NOWHERE, error: 'redirect-limit' }).error, 'redirect-limit');
  assert.equal(settle({ status: 302 }, 0, { ...NOWHERE, error: 'redirect-loop' }).state, 'failed');
});

test('settlementOf: another form of the URL is asked next, at once, and has tries of its own', () => {
  const { state, tries, dueAt, form, response } = settle({ status: 302 }, 0, { ...NOWHERE, form: 'http://h/~u' }, 2);
  assert.deepEqual([state, tries, dueAt, form, response?.status], ['queued', 0, 0, 'http://h/~u', 302]);
});

test('settlementOf: what was aborted by us, or is the fault of our machine, goes back unspent', () => {
  for (const error of ['aborted', 'machine'] as const) {
    const { state, tries, dueAt } = settle({ status: 0, error }, 1, NOWHERE, 0);
    assert.deepEqual([state, tries, dueAt], ['queued', 1, 0]);
  }
});

test('unasked: skipped with a reason, failed with an error', () => {
  assert.equal(unasked(LEASE, { reason: 'robots', error: null }).state, 'skipped');
  assert.equal(unasked(LEASE, { reason: null, error: 'refused' }).state, 'failed');
});

test('paceEventOf: Retry-After in seconds, as a date, unreadable, and beyond a day', () => {
  const until = (value: string, waits = 0): number => {
    const event = paceEventOf(
      { ...OUTCOME, startedAt: 1_000_000_000_000, elapsedMs: 0, status: 429, headers: ['Retry-After', value] },
      waits,
      1_000_000_000_000,
      0,
    );
    assert.equal(event.kind, 'asked-to-wait');
    return event.kind === 'asked-to-wait' ? event.untilAt - 1_000_000_000_000 : 0;
  };
  assert.equal(until('120'), 120_000);
  assert.equal(until(new Date(1_000_000_060_000).toUTCString()), 60_000);
  assert.equal(until('5.25'), 6_000);
  assert.equal(until('soon'), 30_000);
  assert.equal(until('soon', 2), 120_000);
  assert.equal(until('999999'), 86_400_000);
  assert.equal(until('0'), 1_000);
});

test('paceEventOf: a server whose waits are too short again and again is asked ever more rarely', () => {
  const waited = (retryAfter: string, waits: number): number => {
    const outcome = { ...OUTCOME, startedAt: 0, elapsedMs: 0, status: 429, headers: ['Retry-After', retryAfter] };
    const event = paceEventOf(outcome, waits, 0, 0);
    return event.kind === 'asked-to-wait' ? event.untilAt : 0;
  };
  assert.deepEqual(
    [0, 1, 4, 5, 6, 8, 40].map((waits) => waited('1', waits)),
    [1_000, 1_000, 1_000, 2_000, 4_000, 16_000, 300_000],
  );
  assert.deepEqual([waited('10', 6), waited('10', 9), waited('600', 40)], [10_000, 32_000, 600_000]);
});

test('paceEventOf: a host waits for the status that it gave, or for the code where there was none', () => {
  const why = (outcome: Partial<Outcome>): string => {
    const event = paceEventOf({ ...OUTCOME, ...outcome }, 0, 0, 0);
    return event.kind === 'asked-to-wait' ? event.why : event.kind;
  };
  assert.equal(why({ status: 0, error: 'not-processed' }), 'not-processed');
  assert.equal(why({ status: 429 }), 'status 429');
  assert.equal(why({ status: 503, headers: ['Retry-After', '1'] }), 'status 503');
});

test('settlementOf: a URL that is asked to wait keeps its tries, unless it alone is to blame', () => {
  const asked = { status: 503, headers: ['retry-after', '120'] };
  const first = settle(asked, 0, NOWHERE, 0);
  assert.deepEqual([first.state, first.tries, first.dueAt], ['queued', 0, 0]);
  const again = settle(asked, 1, NOWHERE, 1);
  assert.deepEqual([again.state, again.tries, again.dueAt], ['queued', 2, 170_000]);
  assert.equal(settle(asked, 3, NOWHERE, 1).state, 'done');
});

test('settlementOf: what broke off, and not by the URL, is asked again after a moment with no try spent', () => {
  const cut = { status: 200, error: 'disconnect' as const };
  for (const outcome of [
    { status: 0, error: 'first-byte-timeout' as const },
    { status: 0, error: 'reset' as const },
    cut,
  ]) {
    assert.equal(settle(outcome, 3).state, 'failed');
    const kept = settle(outcome, 0, NOWHERE, 0);
    assert.deepEqual([kept.state, kept.tries, kept.dueAt], ['queued', 0, 51_000]);
    assert.deepEqual(settlementOf({ ...visitOf(outcome), spent: 0 }, 0, 50_000).state, 'queued', '--retries 0');
    assert.deepEqual(settlementOf({ ...visitOf(outcome), spent: 2 }, 0, 50_000).tries, 2);
  }
});

test('settlementOf: a URL that turns out to be to blame pays for both of its tries', () => {
  const again = settle({ status: 0, error: 'reset' }, 0, NOWHERE, 2);
  assert.deepEqual([again.state, again.tries, again.dueAt], ['queued', 2, 54_000]);
});
