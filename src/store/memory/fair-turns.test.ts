// Whose turn it is where not all can have one: hosts with fewer URLs in hand come first, and of a host with URLs that
// break off its new URLs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASKED_DUE_AT, ASKED_LAST_MAX } from './backlog.ts';
import { createRotation, type Rotation } from './rotation.ts';

const FREE = { take: Number.POSITIVE_INFINITY, notBefore: 0 };
const NOW = 30;

/** Hosts with so many URLs each. */
function rotationOf(counts: readonly number[]): Rotation {
  const ids = counts.map((count, host) => Array.from({ length: count }, (_, at) => (host + 1) * 1_000 + at));
  const window = (host: number, afterId: number, most: number): number[] =>
    ids[host - 1]!.filter((id) => id > afterId).slice(0, most);
  const turns = createRotation({ window, nameOf: (host) => `http://h${host}` });
  for (const [at, count] of counts.entries()) turns.known(at + 1, count);
  return turns;
}

test('take: of a host whose new URLs come first, what had to wait comes last, as long as it is not much', () => {
  const order = (waiting: number, dueAt = 20): boolean[] => {
    const turns = rotationOf([3]);
    for (let id = 1; id <= waiting; id += 1) turns.putBack(1, { id, dueAt, tries: 1 });
    return turns.take(5, NOW, () => ({ ...FREE, newFirst: true })).map(({ wasAsked }) => wasAsked);
  };
  assert.deepEqual(order(2), [false, false, false, true, true]);
  assert.deepEqual(order(ASKED_LAST_MAX + 2), [true, false, true, false, false], 'they take turns until few wait');
  assert.deepEqual(order(2, ASKED_DUE_AT), [true, false, true, false, false], 'what need not wait does not');
});

test('take: hosts that give nothing back do not take the places of one that does', () => {
  const slow = [1, 2, 3, 4, 5, 6, 7];
  const quick = 8;
  const turns = rotationOf([...slow.map(() => 100), 100]);
  const inHand = new Map<number, number>();
  const take = (most: number): void => {
    const room = (_: string, host: number) => ({ ...FREE, take: 16 - (inHand.get(host) ?? 0) });
    for (const { hostId } of turns.take(most, NOW, room)) inHand.set(hostId, (inHand.get(hostId) ?? 0) + 1);
  };
  take(40);
  take(60);
  assert.deepEqual([...inHand.values()].toSorted(), [12, 12, 12, 12, 13, 13, 13, 13]);
  for (let nth = 0; nth < 80; nth += 1) {
    inHand.set(quick, inHand.get(quick)! - 1);
    turns.settled(quick);
    take(1);
    assert.ok(inHand.get(quick)! >= 9, `${inHand.get(quick)} of a quick host after ${nth} pages`);
  }
});

test('take: a host that comes late has the next places, until it has as many as the others', () => {
  const turns = rotationOf([100, 100, 100]);
  const room = (most: number) => () => ({ ...FREE, take: most });
  turns.hold(3, NOW + 1);
  assert.equal(turns.take(20, NOW, room(10)).length, 20);
  for (let nth = 0; nth < 10; nth += 1) turns.settled(1 + (nth % 2));
  const hosts = turns.take(10, NOW + 1, room(10)).map(({ hostId }) => hostId);
  assert.equal(hosts.filter((host) => host === 3).length, 7, hosts.join());
});

test('take: one of thirty hosts that gives back its only place has it again, unless very many hosts wait', () => {
  const again = (others: number): boolean => {
    const turns = rotationOf([100, ...Array.from({ length: others }, () => 100)]);
    turns.take(31, NOW, () => ({ ...FREE, take: 1 }));
    turns.settled(1);
    return turns.take(1, NOW, () => ({ ...FREE, take: 3 }))[0]?.hostId === 1;
  };
  assert.deepEqual([again(30), again(100)], [true, false]);
});
