import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from './base/clock.ts';
import type { Frontier, Group, Settlement } from './base/contracts.ts';
import { createCommits } from './commits.ts';

const settlement = (id: number): Settlement => ({ lease: { id } }) as Settlement;

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
  const commits = createCommits(frontier, clock, { outcomesMax: 3, ageMaxMs: 20 });
  await Promise.all([1, 2, 3].map((id) => commits.settle(settlement(id))));
  assert.deepEqual(
    groups.map(({ settlements }) => settlements.map(({ lease }) => lease.id)),
    [[1, 2, 3]],
  );
});

test('commits: a group is written 20 ms after its first', async () => {
  const { clock, groups, frontier, move } = bench();
  const commits = createCommits(frontier, clock, { outcomesMax: 3, ageMaxMs: 20 });
  const settled = commits.settle(settlement(1));
  move(19);
  assert.equal(groups.length + commits.waiting, 1);
  move(1);
  await settled;
  assert.equal(groups.length, 1);
});

test('commits: notes and figures go with the next group, and alone where there is none', async () => {
  const { clock, groups, frontier } = bench();
  const commits = createCommits(frontier, clock, { outcomesMax: 3, ageMaxMs: 20 });
  commits.note({ host: 'http://h' });
  await commits.flush();
  await commits.flush();
  assert.deepEqual(groups, [{ settlements: [], hosts: [{ host: 'http://h' }], run: null }]);
});

test('commits: a store that fails rejects every settlement from then on', async () => {
  const { clock, frontier } = bench(true);
  const commits = createCommits(frontier, clock, { outcomesMax: 1, ageMaxMs: 20 });
  await assert.rejects(commits.settle(settlement(1)), /disk full/);
  await assert.rejects(commits.settle(settlement(2)), /disk full/);
});
