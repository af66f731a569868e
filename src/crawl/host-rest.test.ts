import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, HOST } from '../../test/helpers/gate-bench.ts';
import { fc } from '../../test/helpers/properties.ts';
import { runSeed } from '../../test/helpers/random.ts';
import { atOnce } from '../base/slices.ts';
import { newLimit } from '../politeness/limit.ts';
import { remembering, restOf } from './host-rest.ts';
import { type HostState, newHost } from './host-state.ts';
import { createRobotsReader } from './read-robots.ts';

const BEGUN_AT = 10_000;
const TIMES = { now: () => BEGUN_AT, wall: () => BEGUN_AT };
const SEED = runSeed('host-rest');
const PLAIN = { noNullPrototype: true } as const;

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.constantFrom(0, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const text = fc.constantFrom('', 'status 429', 'robots.txt: "+Map" Infinity', 'http://h/ü');
const samples = fc.array(
  fc.integer({ min: 0, max: 1e6 }).map((micros) => micros / 1_000),
  { maxLength: 64 },
);
const urls = <T>(value: fc.Arbitrary<T>) =>
  fc.option(
    fc.dictionary(fc.webUrl(), value, { minKeys: 1, maxKeys: 5 }).map((found) => new Map(Object.entries(found))),
  );

const states: fc.Arbitrary<HostState> = fc
  .record({
    numbers: fc.array(number, { minLength: 12, maxLength: 12 }),
    ...{
      text,
      samples,
      waits: urls(fc.record({ at: number, isOwed: fc.boolean(), wasToBlame: fc.boolean() }, PLAIN)),
      isHalved: fc.boolean(),
    },
    stalls: urls(fc.record({ at: number, wasSpent: fc.boolean(), isHeldBack: fc.boolean() }, PLAIN)),
    trail: fc.array(fc.webUrl(), { maxLength: 3 }),
  })
  .map(({ numbers, text, samples, waits, stalls, isHalved, trail }) => {
    const state = newHost(CONFIG, HOST, 7, BEGUN_AT);
    const [a, b, c, d, e, f, g, h, i, j, k, l] = numbers as [number, ...number[]] & { readonly length: 12 };
    const list = samples.reduceRight<HostState['pace']['limit']['round']['samples']>(
      (rest, ms) => ({ ms, rest }),
      null,
    );
    const { limit } = state.pace;
    const round = { ...limit.round, left: a, samples: list, count: samples.length };
    const paced = { startedAt: b!, heldUntil: c!, heldSince: d!, why: text, isTold: a > 0, toldAt: e!, failures: f! };
    state.pace = { ...state.pace, ...paced, limit: { ...limit, knee: g!, kneeAt: h!, round } };
    Object.assign(state, {
      waits,
      stalls,
      robotsTrail: trail,
      halving: isHalved ? { before: newLimit(16), urls: ['http://h/a'] } : null,
    });
    Object.assign(state, {
      robotsExpiresAt: i,
      heardAt: j,
      stalledAt: k,
      succeededAt: l,
      requests: 3,
      deadDetail: text,
    });
    // A host that comes back may have been told to wait.
    state.isParked = true;
    return state;
  });

test('restOf: a host that comes back is what it was, to the last bit', () => {
  const fresh = newHost(CONFIG, '', 0, BEGUN_AT);
  fc.assert(
    fc.property(states, (state) => {
      const rest = restOf(state, fresh);
      const row = { id: 7, host: HOST, answered: true, heldUntil: 99_000, why: 'x', robots: null, rest };
      assert.deepEqual(
        atOnce(remembering({ config: CONFIG, reader: createRobotsReader(CONFIG) }, row, TIMES, BEGUN_AT)),
        state,
      );
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('restOf: a host that was only met needs few words', () => {
  const fresh = newHost(CONFIG, '', 0, BEGUN_AT);
  assert.ok(restOf(newHost(CONFIG, HOST, 7, BEGUN_AT), fresh).length < 150);
});
