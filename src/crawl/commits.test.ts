import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { runSeed } from '../../test/helpers/random.ts';
import { createVirtualClock } from '../../test/simulate/virtual-clock.ts';
import type { Clock } from '../base/clock.ts';
import type { Frontier, Group, Settlement } from '../base/contracts.ts';
import { createCommits } from './commits.ts';

const settlement = (id: number, links = 0): Settlement =>
  ({ lease: { id }, links: Array(links).fill({}) }) as unknown as Settlement;
const RULES = { outcomesMax: 3, linksMax: 100, ageMaxMs: 20 };

/** A clock that stands until it is moved, and the groups that were written. */
function bench(fails = false): { clock: Clock; groups: Group[]; frontier: Frontier; move: (ms: number) => void } {
  let now = 0;
  const alarms: { at: number; callback: () => void }[] = [];
  const groups: Group[] = [];
  const clock: Clock = {
    now: () => now,
    wall: () => now,
    uptime: () => now,
    after(ms, callback) {
      const alarm = { at: now + ms, callback };
      alarms.push(alarm);
      return { cancel: () => void alarms.splice(alarms.indexOf(alarm), 1) };
    },
    turn: async () => {},
    every: () => ({ cancel() {} }),
  };
  const frontier = {
    async settle(group: Group) {
      if (fails) throw new Error('disk full');
      groups.push(group);
    },
  } as Frontier;
  const move = (ms: number): void => {
    now += ms;
    for (const alarm of alarms.filter(({ at }) => at <= now)) alarm.callback();
  };
  return { clock, groups, frontier, move };
}

test('commits: a group is written when it is full, in order', async () => {
  const { clock, groups, frontier } = bench();
  const commits = createCommits(frontier, clock, RULES);
  await Promise.all([1, 2, 3].map((id) => commits.settle(settlement(id))));
  assert.deepEqual(
    groups.map(({ settlements }) => settlements.map(({ lease }) => lease.id)),
    [[1, 2, 3]],
  );
});

test('commits: a group with many links is full, and what waits for a slow disk is written in groups of some size', async () => {
  const { clock, groups, frontier } = bench();
  const disk = Promise.withResolvers<void>();
  const slow = { settle: (group: Group) => frontier.settle(group).then(() => disk.promise) } as Frontier;
  const commits = createCommits(slow, clock, RULES);
  const first = commits.settle(settlement(0, 100));
  assert.deepEqual(groups.length, 1, 'it is written at once');
  const sizes = Array.from({ length: 30 }, (_, at) => (at === 1 || at === 3 ? 60 : 0));
  const rest = sizes.map((links, at) => commits.settle(settlement(at + 1, links)));
  const flushed = commits.flush();
  assert.deepEqual([groups.length, commits.waiting], [1, 31]);
  disk.resolve();
  await Promise.all([first, ...rest, flushed]);
  assert.deepEqual(
    groups.map(({ settlements }) => settlements.length),
    [1, 4, 12, 12, 2],
    'by links, by their number, by their number, what is left',
  );
  assert.equal(commits.waiting, 0);
});

test('commits: where groups wait for one that fails, each of them and whatever comes later is told', async () => {
  const { clock } = bench();
  const disk = Promise.withResolvers<void>();
  const commits = createCommits({ settle: () => disk.promise } as unknown as Frontier, clock, RULES);
  const all = Array.from({ length: 40 }, (_, id) => commits.settle(settlement(id)));
  disk.reject(new Error('disk full'));
  for (const each of all) await assert.rejects(each, /disk full/);
  for (let id = 40; id < 60; id += 1) await assert.rejects(commits.settle(settlement(id)), /disk full/);
  await assert.rejects(commits.flush(), /disk full/);
});

test('commits: a group is written 20 ms after its first', async () => {
  const { clock, groups, frontier, move } = bench();
  const commits = createCommits(frontier, clock, RULES);
  const settled = commits.settle(settlement(1));
  move(19);
  assert.equal(groups.length + commits.waiting, 1);
  move(1);
  await settled;
  assert.equal(groups.length, 1);
});

test('commits: notes and figures go with the next group, and alone where there is none', async () => {
  const { clock, groups, frontier } = bench();
  const commits = createCommits(frontier, clock, RULES);
  commits.note({ host: 'http://h' });
  await commits.flush();
  await commits.flush();
  assert.deepEqual(groups, [{ settlements: [], hosts: [{ host: 'http://h' }], run: null }]);
});

test('commits: a store that fails rejects every settlement from then on', async () => {
  const { clock, frontier } = bench(true);
  const commits = createCommits(frontier, clock, { ...RULES, outcomesMax: 1 });
  await assert.rejects(commits.settle(settlement(1)), /disk full/);
  await assert.rejects(commits.settle(settlement(2)), /disk full/);
});

/** At its moment: so many settlements, a note, or a flush. */
interface Step {
  readonly afterMs: number;
  readonly settles: number;
  readonly notes: number;
  readonly flushes: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 })),
  settles: fc.oneof(fc.nat(3), fc.nat(12)),
  notes: fc.nat(1),
  flushes: fc.boolean(),
});

interface Written {
  readonly ids: readonly number[];
  readonly notes: readonly string[];
  readonly startedAt: number;
  endedAt: number;
}

/** When each settlement was handed over, and became durable. */
interface Handed {
  readonly at: number;
  durableAt: number;
}

/** What was handed over before it. */
interface Flush {
  readonly at: number;
  readonly handed: number;
  readonly notes: number;
}

async function play(steps: readonly Step[], writesTakeMs: readonly number[], outcomesMax: number, ageMaxMs: number) {
  const clock = createVirtualClock();
  const groups: Written[] = [];
  const handed: Handed[] = [];
  const flushes: Flush[] = [];
  let notes = 0;
  const frontier = {
    settle({ settlements, hosts }: Group) {
      const ids = settlements.map(({ lease }) => lease.id);
      const group = { ids, notes: hosts.map(({ host }) => host), startedAt: clock.now(), endedAt: Infinity };
      groups.push(group);
      return new Promise<void>((resolve) => {
        clock.after(writesTakeMs[groups.length % writesTakeMs.length]!, () => {
          group.endedAt = clock.now();
          resolve();
        });
      });
    },
  } as unknown as Frontier;
  const commits = createCommits(frontier, clock, { outcomesMax, linksMax: 1, ageMaxMs });
  const settleNext = (): void => {
    const mine: Handed = { at: clock.now(), durableAt: Infinity };
    const id = handed.push(mine) - 1;
    void commits.settle(settlement(id)).then(() => {
      mine.durableAt = clock.now();
    });
  };
  let at = 0;
  for (const { afterMs, settles, notes: noted, flushes: isFlush } of steps) {
    at += afterMs;
    clock.after(at, () => {
      for (let count = 0; count < settles; count += 1) settleNext();
      for (let count = 0; count < noted; count += 1) commits.note({ host: `${notes++}` });
      if (isFlush) flushes.push({ at: clock.now(), handed: handed.length, notes });
      if (isFlush) void commits.flush();
    });
  }
  const toTheEnd = async (): Promise<void> => {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      const durable = handed.filter(({ durableAt }) => durableAt < Infinity).length;
      assert.equal(commits.waiting, handed.length - durable, 'what is not durable is counted');
    } while (clock.step());
  };
  await toTheEnd();
  // A note alone waits until it is asked for.
  void commits.flush();
  await toTheEnd();
  return { groups, handed, flushes, notes };
}

test('commits: whatever comes when, groups keep the order, one is written at a time, and none is late', async () => {
  const writes = fc.array(fc.oneof(fc.constant(0), fc.nat(60)), { minLength: 1, maxLength: 5 });
  const steps = fc.array(step, { maxLength: 60, size: 'max' });
  const property = fc.asyncProperty(
    steps,
    writes,
    fc.integer({ min: 1, max: 20 }),
    async (all, takeMs, outcomesMax) => {
      const { groups, handed, flushes, notes } = await play(all, takeMs, outcomesMax, 20);
      assert.deepEqual(
        groups.flatMap(({ ids }) => ids),
        handed.map((_, id) => id),
      );
      assert.deepEqual(
        groups.flatMap((group) => group.notes),
        Array.from({ length: notes }, (_, at) => `${at}`),
      );
      for (const [at, group] of groups.entries()) {
        const { ids, startedAt, endedAt } = group;
        const before = groups[at - 1]?.endedAt ?? 0;
        assert.ok(startedAt >= before, 'one at a time');
        for (const id of ids) assert.equal(handed[id]!.durableAt, endedAt, 'durable with its group');
        if (ids.length === 0) continue;
        // Full, old enough, or asked for: as soon as one of them is so, and the group before it is written.
        const first = handed[ids[0]!]!.at;
        const fullAt = ids.length >= outcomesMax ? handed[ids[outcomesMax - 1]!]!.at : Infinity;
        const firstNote = Number(group.notes[0] ?? notes);
        const askedAt = flushes.find((flush) => flush.handed > ids[0]! || flush.notes > firstNote)?.at ?? Infinity;
        assert.equal(startedAt, Math.max(before, Math.min(first + 20, fullAt, askedAt)), `group ${at}`);
      }
    },
  );
  await fc.assert(property, { numRuns: 60, seed: runSeed('commits') });
});
