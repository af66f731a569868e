import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../../test/helpers/properties.ts';
import type { HostRoom } from '../../base/contracts.ts';
import { LEASE_WINDOW } from '../../base/limits.ts';
import { ASKED_DUE_AT, LONG_DUE_AT } from './backlog.ts';
import { createRotation, type Rotation } from './rotation.ts';

const FREE: HostRoom = { take: Number.POSITIVE_INFINITY, notBefore: 0 };
const SHUT: HostRoom = { take: 0, notBefore: Number.POSITIVE_INFINITY };

/** A rotation with a database that has what was queued. A few hosts may be near, so that all others are read again. */
function rotationOf(nearMost = 2): Rotation {
  const stored = new Map<number, number[]>();
  const turns = createRotation(
    {
      window: (hostId, afterId, most) => (stored.get(hostId) ?? []).filter((id) => id > afterId).slice(0, most),
      nameOf: (hostId) => `host-${hostId}`,
    },
    nearMost,
  );
  const { queued } = turns;
  turns.queued = (hostId, id) => {
    stored.set(hostId, [...(stored.get(hostId) ?? []), id]);
    queued(hostId, id);
  };
  return turns;
}

/** A rotation that reads `ids` of its only host. */
function rotationOn(ids: readonly number[], onRead: (afterId: number) => void = () => {}): Rotation {
  return createRotation({
    window(_, afterId, most) {
      onRead(afterId);
      return ids.filter((id) => id > afterId).slice(0, most);
    },
    nameOf: () => 'one',
  });
}

function twoHosts(each: number): Rotation {
  const turns = rotationOf();
  for (let id = 1; id <= each * 2; id += 1) turns.queued(1 + (id % 2), id);
  return turns;
}

test('take: goes round the hosts, one URL each, over calls too', () => {
  const turns = twoHosts(3);
  const order = [...turns.take(1, 10, () => FREE), ...turns.take(2, 10, () => FREE), ...turns.take(9, 10, () => FREE)];
  assert.deepEqual(
    order.map(({ hostId }) => hostId),
    [2, 1, 2, 1, 2, 1],
  );
  assert.equal(turns.size, 0);
  assert.equal(turns.nextAt(), Number.POSITIVE_INFINITY);
});

test('take: gives no more of a host than its room, and asks each host once a call', () => {
  const turns = twoHosts(5);
  let asked = 0;
  const room = (): HostRoom => {
    asked += 1;
    return { take: 2, notBefore: 0 };
  };
  assert.equal(turns.take(10, 1, room).length, 4);
  assert.equal(asked, 2);
  assert.equal(turns.nextAt(), 0);
  assert.equal(turns.take(10, 1, room).length, 4);
});

test('take: a host without room is not asked before its time', () => {
  const turns = twoHosts(2);
  const rooms = (_: string, id: number): HostRoom => (id === 1 ? { take: 0, notBefore: 50 } : SHUT);
  assert.equal(turns.take(10, 1, rooms).length, 0);
  assert.equal(turns.nextAt(), 50);
  assert.equal(turns.take(10, 49, assert.fail).length, 0);
  assert.deepEqual(
    turns.take(10, 50, () => FREE).map(({ hostId }) => hostId),
    [1, 1],
  );
  turns.settled(2);
  assert.equal(turns.take(10, 51, () => FREE).length, 2);
});

test('take: a host whose answer lies in the past is asked again in the next call only', () => {
  const turns = twoHosts(1);
  assert.equal(turns.take(10, 100, () => ({ take: 0, notBefore: 3 })).length, 0);
  assert.equal(turns.nextAt(), 101);
});

test('hold: shuts a host until its time, and a past time opens it', () => {
  const turns = twoHosts(1);
  turns.hold(1, 1000);
  turns.hold(2, Number.POSITIVE_INFINITY);
  assert.equal(turns.take(10, 999, assert.fail).length, 0);
  assert.equal(turns.nextAt(), 1000);
  turns.hold(2, 500);
  assert.ok(turns.nextAt() <= 999);
  assert.deepEqual(
    turns.take(10, 999, () => FREE).map(({ hostId }) => hostId),
    [2],
  );
});

test('hold: of a host without URLs counts for those that come later', () => {
  const turns = rotationOf();
  turns.hold(7, 100);
  turns.queued(7, 1);
  assert.equal(turns.nextAt(), 100);
  assert.equal(turns.take(1, 99, assert.fail).length, 0);
  assert.equal(turns.take(1, 100, () => FREE).length, 1);
});

test('putBack: comes again when it is due, before what was never tried', () => {
  const turns = rotationOf();
  turns.putBack(1, { id: 4, dueAt: 20, tries: 2 });
  assert.equal(turns.nextAt(), 20);
  assert.deepEqual(turns.take(1, 19, assert.fail), []);
  turns.queued(1, 9);
  assert.deepEqual(
    turns.take(5, 20, () => FREE).map(({ id, tries }) => [id, tries]),
    [
      [4, 2],
      [9, 0],
    ],
  );
});

test('putBack: a URL that comes back again and again has its turn beside the others of its host, not before them', () => {
  const turns = rotationOf();
  for (let id = 1; id <= 4; id += 1) turns.queued(1, id);
  const given: number[] = [];
  for (let now = 2; now <= 7; now += 1) {
    for (const { id } of turns.take(1, now, () => FREE)) {
      given.push(id);
      if (id === 1) turns.putBack(1, { id, dueAt: 2, tries: 0 });
    }
  }
  assert.deepEqual(given, [1, 1, 2, 1, 3, 1]);
});

test('take: past a limit of new ones those come that were asked before, when they are due', () => {
  const turns = rotationOf();
  for (let id = 1; id <= 6; id += 1) turns.queued(1 + (id % 3), id);
  turns.putBack(1, { id: 11, dueAt: ASKED_DUE_AT, tries: 0 });
  turns.putBack(2, { id: 12, dueAt: 70, tries: 1 });
  // A new URL that was put back without a request.
  turns.putBack(2, { id: 13, dueAt: LONG_DUE_AT, tries: 0 });
  const take = (now: number, newMost: number): number[] =>
    turns
      .take(10, now, () => FREE, newMost)
      .map(({ id, wasAsked }) => (wasAsked ? -id : id))
      .sort((a, b) => a - b);
  assert.equal(turns.nextAskedAt(), 2);
  const [asked, ...others] = take(10, 2);
  assert.equal(asked, -11);
  assert.equal(others.length, 2);
  assert.deepEqual(take(69, 0), []);
  assert.equal(turns.nextAskedAt(), 70);
  assert.deepEqual(take(70, 0), [-12]);
  assert.equal(turns.nextAskedAt(), Number.POSITIVE_INFINITY);
  assert.deepEqual(take(71, 0), []);
  assert.equal(take(72, 9).length, 5);
  assert.equal(turns.size, 0);
});

test('take: a clock that was set back gives nothing that is not due', () => {
  const turns = rotationOf();
  turns.putBack(1, { id: 4, dueAt: 20, tries: 1 });
  assert.equal(turns.take(5, 30, () => SHUT).length, 0);
  turns.settled(1);
  assert.equal(turns.take(5, 10, () => FREE).length, 0);
  assert.equal(turns.take(5, 20, () => FREE).length, 1);
});

test('take: reads windows in order of ids, and each id once', () => {
  const total = LEASE_WINDOW * 2 + 5;
  const ids = Array.from({ length: total }, (_, index) => index + 1);
  const reads: number[] = [];
  const turns = rotationOn(ids, (afterId) => reads.push(afterId));
  turns.known(1, total);
  const taken = turns.take(10_000, 1, () => FREE).map(({ id }) => id);
  assert.deepEqual(taken, ids);
  assert.deepEqual(reads, [0, LEASE_WINDOW, LEASE_WINDOW * 2]);
});

test('take: what is written and not yet durable is not read with a window, and comes in its turn', () => {
  const ids = Array.from({ length: LEASE_WINDOW + 5 }, (_, index) => index + 1);
  const turns = rotationOn(ids);
  for (const id of ids) turns.queued(1, id);
  const taken = turns.take(LEASE_WINDOW, 1, () => FREE).map(({ id }) => id);
  // The id is in the database, but `queued` was not called for it yet.
  ids.push(LEASE_WINDOW + 6);
  taken.push(...turns.take(10, 1, () => FREE).map(({ id }) => id));
  assert.deepEqual(taken, ids.slice(0, -1));
  turns.queued(1, LEASE_WINDOW + 6);
  assert.deepEqual(
    turns.take(10, 1, () => FREE).map(({ id }) => id),
    [LEASE_WINDOW + 6],
  );
});

test('take: says so where the queue holds other than what was counted', () => {
  const turns = rotationOf();
  turns.known(1, 3);
  assert.throws(() => turns.take(1, 1, () => FREE), /0 queued URLs of host 1 were read, but 3 are counted/);
});

test('take: ten thousand parked hosts are not visited', () => {
  const turns = rotationOf();
  for (let id = 1; id <= 10_000; id += 1) turns.queued(id, id);
  let asked = 0;
  turns.take(10_000, 1, () => {
    asked += 1;
    return SHUT;
  });
  assert.equal(asked, 10_000);
  turns.settled(77);
  assert.equal(turns.take(100, 2, () => FREE).length, 1);
});

test('take: a hundred thousand hosts take a few numbers each, and few of them more', () => {
  const hosts = 100_000;
  const turns = rotationOf(64);
  for (let id = 1; id <= hosts; id += 1) turns.queued(id, id);
  assert.ok(turns.bytes / hosts < 50, `${turns.bytes / hosts} bytes a host`);
  for (let now = 1; now <= 200; now += 1) assert.equal(turns.take(10, now, () => FREE).length, 10);
  assert.ok(turns.near <= 64, `${turns.near} hosts are near`);
});

test('take: where no further host can be asked it ends, and begins with the same host again', () => {
  const turns = twoHosts(2);
  let places = 1;
  const rooms = (): HostRoom | null => {
    places -= 1;
    return places >= 0 ? { take: 0, notBefore: Number.POSITIVE_INFINITY, keepsTurn: true } : null;
  };
  assert.deepEqual(turns.take(10, 1, rooms), []);
  assert.equal(turns.nextAt(), Number.POSITIVE_INFINITY, 'whoever refused it calls again');
  turns.hold(2, 0);
  const order = turns.take(2, 2, () => FREE).map(({ hostId }) => hostId);
  assert.deepEqual(order, [2, 1], 'the one that was made ready comes first, then the one that was refused');
});

// The model: each URL with its host and due time, and the time until which each host is closed.
test('turns: give exactly what a naive model allows, each URL once', () => {
  const hostIds = fc.integer({ min: 1, max: 5 });
  const action = fc.oneof(
    fc.record({ kind: fc.constant('queued' as const), host: hostIds }),
    fc.record({ kind: fc.constant('hold' as const), host: hostIds, ms: fc.integer({ min: -5, max: 20 }) }),
    fc.record({ kind: fc.constant('take' as const), most: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant('putBack' as const), ms: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 10 }) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
      const turns = rotationOf();
      const waiting = new Map<number, { host: number; dueAt: number }>();
      const shut = new Map<number, number>();
      const out: { id: number; hostId: number }[] = [];
      let now = 100;
      let last = 0;
      for (const step of actions) {
        if (step.kind === 'queued') {
          last += 1;
          waiting.set(last, { host: step.host, dueAt: 0 });
          turns.queued(step.host, last);
        } else if (step.kind === 'hold') {
          shut.set(step.host, now + step.ms);
          turns.hold(step.host, now + step.ms);
        } else if (step.kind === 'pass') {
          now += step.ms;
        } else if (step.kind === 'putBack') {
          const back = out.pop();
          if (back === undefined) continue;
          waiting.set(back.id, { host: back.hostId, dueAt: now + step.ms });
          turns.putBack(back.hostId, { id: back.id, dueAt: now + step.ms, tries: 1 });
        } else {
          const may = [...waiting].filter(([, url]) => url.dueAt <= now && (shut.get(url.host) ?? 0) <= now);
          assert.equal(turns.nextAt() <= now, may.length > 0);
          const taken = turns.take(step.most, now, () => FREE);
          assert.equal(taken.length, Math.min(step.most, may.length));
          for (const turn of taken) {
            assert.ok(may.some(([id, url]) => id === turn.id && url.host === turn.hostId));
            assert.ok(waiting.delete(turn.id));
            out.push(turn);
          }
        }
      }
    }),
  );
});
