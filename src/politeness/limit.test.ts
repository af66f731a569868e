import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { seededRandom } from '../../test/helpers/random.ts';
import { fixedLimit, type Limit, limitAfter, newLimit, type Sign } from './limit.ts';

const MOST = 64;
/** The virtual time of an answer that is in no hurry. */
const ANSWER_MS = 40;
const FINE: Sign = { isStrain: false, startedAt: 0, waitMs: 0, firstByteMs: ANSWER_MS, lagMs: 0 };

/** A limit and the time it is. */
interface Host {
  readonly limit: Limit;
  readonly now: number;
}

const fresh: Host = { limit: newLimit(MOST), now: 1_000 };

/** One response: all of the limit is in flight, and it was asked for just before. */
function answer({ limit, now }: Host, sign: Partial<Sign> = {}, inFlight = limit.most): Host {
  const after = limitAfter(limit, { ...FINE, startedAt: now + 0.5, ...sign }, inFlight, MOST, now + 1);
  return { limit: after, now: now + 1 };
}

/** Responses until the round is over; with what it is called with. */
function round(host: Host, sign: Partial<Sign> = {}, inFlight?: number): Host {
  let at = host;
  do at = answer(at, sign, inFlight);
  while (at.limit.round.count > 0);
  return at;
}

function rounds(host: Host, count: number, sign: Partial<Sign> = {}): { host: Host; limits: number[] } {
  const limits: number[] = [];
  let at = host;
  for (let each = 0; each < count; each += 1) {
    at = round(at, sign);
    limits.push(at.limit.most);
  }
  return { host: at, limits };
}

test('limitAfter: doubles each round up to the most until the first strain', () => {
  assert.equal(fresh.limit.most, 2);
  assert.deepEqual(rounds(fresh, 6).limits, [4, 8, 16, 32, 64, 64]);
});

test('limitAfter: strain halves it, and what was asked before that says nothing new', () => {
  const full = rounds(fresh, 4).host;
  const strained = answer(full, { isStrain: true });
  assert.equal(strained.limit.most, 16);
  assert.equal(answer(strained, { isStrain: true, startedAt: full.now - 5 }).limit, strained.limit);
  assert.equal(
    answer(strained, { isStrain: true, startedAt: full.now + 1 }).limit,
    strained.limit,
    'nor in the same ms',
  );
  assert.equal(answer(strained, { isStrain: true }).limit.most, 8, 'what was asked since says something new');
});

test('limitAfter: half of the way back each round to just below where the strain came', () => {
  const strained = answer(rounds(fresh, 4).host, { isStrain: true });
  assert.deepEqual(rounds(strained, 5).limits, [24, 28, 30, 31, 31]);
});

test('limitAfter: stays there sixteen times as long as the way back took, then tries again, then goes twice as far each round', () => {
  const strained = answer(rounds(fresh, 3).host, { isStrain: true });
  const back = rounds(strained, 4).host;
  assert.equal(back.limit.most, 15, 'it has been well there for a round');
  const tookMs = back.now - strained.now;
  let at = back;
  while (at.limit.most === 15) at = round(at);
  const stayedMs = at.now - back.now;
  assert.ok(stayedMs >= 16 * tookMs && stayedMs < 17 * tookMs, `${stayedMs} ms after ${tookMs} ms`);
  assert.equal(at.limit.most, 16, 'the knee itself');
  assert.deepEqual(rounds(at, 4).limits, [17, 19, 23, 31]);
});

test('limitAfter: a round that is slower than usual halves it: more than twice, and more than 50 ms', () => {
  for (const [firstByteMs, most] of [
    [80, 32],
    [89, 32],
    [91, 8],
  ] as const) {
    const slower = round(rounds(fresh, 3).host, { firstByteMs });
    assert.equal(slower.limit.most, most, `${firstByteMs} ms`);
    assert.equal(slower.limit.latencyMs, firstByteMs);
  }
});

test('limitAfter: pages that are quick beside pages that are slow are no strain, whatever their share and their order', () => {
  for (const share of [0.2, 0.4, 0.5, 0.6, 0.8]) {
    for (const seed of [1, 2, 3, 4]) {
      const random = seededRandom(seed);
      let at: Host = fresh;
      const limits: number[] = [];
      for (let nth = 0; nth < 20_000; nth += 1) {
        at = answer(at, { firstByteMs: random() < share ? 2 : 150 });
        if (nth >= 10_000) limits.push(at.limit.most);
      }
      const mean = limits.reduce((sum, each) => sum + each, 0) / limits.length;
      assert.ok(mean > 0.8 * MOST, `${share} quick, seed ${seed}: ${mean}`);
    }
  }
});

test('limitAfter: what comes first when many requests begin together is not taken for usual', () => {
  const eight = { ...newLimit(MOST), most: 8, slowMs: 100, round: fixedLimit(8).round };
  const after = (msOf: readonly number[]): Limit => {
    let limit: Limit = eight;
    // They began together at 1,000.
    for (const ms of msOf)
      limit = limitAfter(limit, { ...FINE, startedAt: 1_000, firstByteMs: ms }, 8, MOST, 1_000 + ms);
    return limit;
  };
  const quick = after([2, 2, 3, 3, 4, 5, 6, 7]);
  assert.deepEqual([quick.most, quick.usual], [16, null]);
  assert.deepEqual(after([2, 2, 3, 3, 97, 98, 99, 100]).usual, { medianMs: 97, upperMs: 99 });
});

test('limitAfter: where all pages become slower it is strain, also of a host with pages of two kinds', () => {
  const mixed = (host: Host, moreMs: number): Host => {
    let at = host;
    for (let nth = 0; nth < 32; nth += 1) at = answer(at, { firstByteMs: (nth % 2 === 0 ? 2 : 150) + moreMs });
    return at;
  };
  const host = mixed(mixed(mixed(mixed(fresh, 0), 0), 0), 0);
  assert.equal(host.limit.most, MOST);
  let slower = host;
  for (let nth = 0; nth < 8; nth += 1) slower = mixed(slower, 400);
  assert.ok(slower.limit.most <= MOST / 4, `${slower.limit.most}`);
});

test('limitAfter: a round in which our own loop lagged over 20 ms is not judged', () => {
  const host = rounds(fresh, 3).host;
  const lagged = round(answer(host, { firstByteMs: 500, lagMs: 21 }), { firstByteMs: 500 });
  assert.equal(lagged.limit.most, 32);
  assert.equal(round(answer(host, { firstByteMs: 500, lagMs: 20 }), { firstByteMs: 500 }).limit.most, 8);
});

test('limitAfter: one at a time and still slow, it is the host that has changed, and everything begins anew', () => {
  let at = rounds(fresh, 3).host;
  const limits = [at.limit.most];
  while (at.limit.most > 1) {
    at = round(at, { firstByteMs: 400 });
    limits.push(at.limit.most);
  }
  assert.deepEqual(limits, [16, 8, 4, 2, 1]);
  assert.deepEqual(rounds(at, 6, { firstByteMs: 400 }).limits, [2, 4, 8, 16, 32, 64]);
});

test('limitAfter: a limit that is not used to the full does not grow', () => {
  const host = rounds(fresh, 2).host;
  assert.equal(round(host, {}, 5).limit.most, 8);
  assert.equal(round(host, {}, 8).limit.most, 16);
});

test('limitAfter: after a wait that was asked for, no step is shorter than that, a minute at most', () => {
  for (const [waitMs, stepMs] of [
    [2_000, 2_000],
    [3_600_000, 60_000],
  ] as const) {
    const waited = answer(rounds(fresh, 3).host, { isStrain: true, waitMs });
    const grown = round(waited);
    assert.equal(grown.limit.most, 12);
    // From the first response of the round to the last.
    assert.equal(grown.now - waited.now - 1, stepMs);
  }
});

test('fixedLimit: is what it is told', () => assert.equal(fixedLimit(7).most, 7));

test('limitAfter: whatever comes, from one to the most, and no earlier limit changes', () => {
  const sign = fc.record({
    isStrain: fc.boolean(),
    waitMs: fc.constantFrom(0, 0, 0, 5_000),
    firstByteMs: fc.nat(1_000),
    lagMs: fc.nat(40),
    agoMs: fc.nat(50),
  });
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 300 }), fc.integer({ min: 1, max: 64 }), (signs, hostConcurrency) => {
      let limit = newLimit(hostConcurrency);
      for (const [at, { agoMs, ...each }] of signs.entries()) {
        const now = 1_000 + at * 7;
        const before = structuredClone(limit);
        const given = { ...each, startedAt: now - agoMs };
        const after = limitAfter(limit, given, limit.most, hostConcurrency, now);
        assert.deepEqual(limitAfter(limit, given, limit.most, hostConcurrency, now), after);
        assert.deepEqual(limit, before);
        assert.ok(after.most >= 1 && after.most <= hostConcurrency, `${after.most}`);
        limit = after;
      }
    }),
  );
});
