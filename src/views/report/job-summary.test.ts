import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Counts, HostFigures, HostRow, JobReader, Ledger, RunFigures } from '../../base/contracts.ts';
import { jobStatus } from './job-summary.ts';

const NOW = 1_700_000_000_000;
const COUNTS: Counts = { queued: 3, leased: 0, done: 5, failed: 1, skipped: 2 };

function ledger(
  counts: Counts,
  runs: readonly RunFigures[],
  hosts: readonly HostRow[] = [],
  isWorkedOn = runs.at(-1)?.endedAt === null,
): Ledger {
  const job: Pick<JobReader, 'counts' | 'runs' | 'workers' | 'hosts'> = {
    workers: async () => [],
    counts: async () => ({ ...counts, unreadSitemaps: 0 }),
    runs: async () => runs,
    async *hosts() {
      yield hosts;
    },
  };
  const asked = { job: job as JobReader, isWorkedOn: async () => isWorkedOn };
  return asked as unknown as Ledger;
}

function run(more: Partial<RunFigures>): RunFigures {
  return {
    startedAt: NOW - 10_000,
    updatedAt: NOW - 500,
    endedAt: null,
    stoppedBy: null,
    requests: 10,
    bytes: 100,
    inFlight: 0,
    peakInFlight: 4,
    loopLate: { p999Ms: 3, mostMs: 17 },
    elapsedMs: 9_500,
    agent: 'gossamer',
    waitingFor: null,
    hosts: [],
    ...more,
  };
}

function figures(host: string, inFlight: number): HostFigures {
  return { host, inFlight, limit: 16, latencyMs: 20, heldUntil: null, why: null };
}

function row(host: string, heldUntil: number | null): HostRow {
  return { id: 1, host, answered: true, heldUntil, why: heldUntil === null ? null : '503', robots: null };
}

test('jobStatus: the whole job is the sum of its runs', async () => {
  const first = run({
    startedAt: NOW - 100_000,
    endedAt: NOW - 90_000,
    stoppedBy: 'interrupt',
    requests: 7,
    bytes: 50,
    elapsedMs: 10_000,
    peakInFlight: 9,
    loopLate: { p999Ms: 9, mostMs: 11 },
  });
  const { summary, isRunning } = await jobStatus('job', ledger(COUNTS, [first, run({})]), NOW);
  assert.equal(isRunning, true);
  assert.deepEqual(summary, {
    job: 'job',
    state: 'unfinished',
    stoppedBy: null,
    urls: COUNTS,
    requests: 17,
    bytes: 150,
    elapsedMs: 20_000,
    peakInFlight: 9,
    loopLate: { p999Ms: 9, mostMs: 17 },
    waitingFor: null,
    hosts: [],
  });
});

test('jobStatus: beside a running crawl, what it has in flight is leased and not queued, also where its hosts are not all told', async () => {
  const urls = async (inFlight: number): Promise<Counts> => {
    return (await jobStatus('job', ledger(COUNTS, [run({ inFlight, hosts: [figures('a', 1)] })]), NOW)).summary.urls;
  };
  assert.deepEqual(await urls(2), { ...COUNTS, queued: 1, leased: 2 });
  assert.deepEqual(await urls(9), { ...COUNTS, queued: 0, leased: 3 }, 'robots.txt is in flight too, and no row');
});

test('jobStatus: after a run it tells why it ended, and nothing is in flight', async () => {
  const ended = run({ endedAt: NOW - 400, stoppedBy: 'held', hosts: [figures('a', 3), figures('b', 1)] });
  const { summary, isRunning, held } = await jobStatus(
    'job',
    ledger(COUNTS, [ended], [row('b', NOW + 9000), row('c', NOW + 5000), row('d', NOW - 1)]),
    NOW,
  );
  assert.equal(isRunning, false);
  assert.equal(summary.stoppedBy, 'held');
  assert.deepEqual(
    held.map(({ host }) => host),
    ['d', 'c', 'b'],
  );
  assert.deepEqual(summary.hosts, [
    { host: 'd', inFlight: 0, limit: null, latencyMs: null, heldUntil: NOW - 1, why: '503' },
    { host: 'c', inFlight: 0, limit: null, latencyMs: null, heldUntil: NOW + 5000, why: '503' },
    { ...figures('b', 0), heldUntil: NOW + 9000, why: '503' },
    figures('a', 0),
  ]);
});

test('jobStatus: a run is at work while its job is locked, however long it is silent, and was killed where it did not end', async () => {
  for (const updatedAt of [NOW, NOW - 60_000, NOW + 3_600_000]) {
    const { isRunning, wasKilled } = await jobStatus('job', ledger(COUNTS, [run({ updatedAt })]), NOW);
    assert.deepEqual([isRunning, wasKilled], [true, false]);
    const killed = await jobStatus('job', ledger(COUNTS, [run({ updatedAt, inFlight: 3 })], [], false), NOW);
    assert.deepEqual([killed.isRunning, killed.wasKilled, killed.inFlight], [false, true, 0]);
  }
  const ended = await jobStatus('job', ledger(COUNTS, [run({ endedAt: NOW })], [], true), NOW);
  assert.deepEqual([ended.isRunning, ended.wasKilled], [false, false], 'another command has the lock');
});

test('jobStatus: what is waited for is told as long as it is to come, after the run too', async () => {
  const waitingFor = { host: 'http://a', until: NOW + 5_000, why: 'status 503' };
  const left = { ...waitingFor, until: null };
  const over = { ...waitingFor, until: NOW - 5_000 };
  for (const [waiting, told] of [
    [waitingFor, waitingFor],
    [left, left],
    [over, null],
    [null, null],
  ] as const) {
    for (const endedAt of [null, NOW - 100]) {
      const { summary } = await jobStatus('job', ledger(COUNTS, [run({ endedAt, waitingFor: waiting })]), NOW);
      assert.deepEqual(summary.waitingFor, told);
    }
  }
  const done = ledger({ ...COUNTS, queued: 0 }, [run({ endedAt: NOW, waitingFor })]);
  assert.equal((await jobStatus('job', done, NOW)).summary.waitingFor, null);
});

test('jobStatus: finished when nothing is queued or leased', async () => {
  const done = { ...COUNTS, queued: 0 };
  const { summary } = await jobStatus('job', ledger(done, [run({ endedAt: NOW, stoppedBy: 'interrupt' })]), NOW);
  assert.equal(summary.state, 'finished');
  assert.equal(summary.stoppedBy, null);
  assert.equal((await jobStatus('job', ledger(done, []), NOW)).summary.elapsedMs, 0);
});

test('jobStatus: the time of a run at work goes on between two of its figures, and that of a killed one does not', async () => {
  const silent = run({ updatedAt: NOW - 14_000, elapsedMs: 3_000 });
  for (const [isWorkedOn, now, elapsedMs] of [
    [true, NOW, 17_000],
    [true, NOW - 20_000, 3_000],
    [false, NOW, 3_000],
  ] as const) {
    const { summary, runs } = await jobStatus('job', ledger(COUNTS, [silent], [], isWorkedOn), now);
    assert.deepEqual([summary.elapsedMs, runs[0]!.elapsedMs], [elapsedMs, elapsedMs]);
  }
});
