import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from './clock.ts';
import { DatabaseAway } from './machine.ts';
import { createRoom, type Lack, NO_PATIENCE } from './room.ts';

/** Time that passes only where something waits for it. */
function steppingClock(): Clock & { waits: number } {
  let now = 1_000_000;
  const clock = {
    waits: 0,
    now: () => now,
    wall: () => now,
    uptime: () => now,
    turn: async () => {},
    every: () => ({ cancel() {} }),
    after(ms: number, callback: () => void) {
      let isSet = true;
      clock.waits += 1;
      queueMicrotask(() => {
        if (!isSet) return;
        now += ms;
        callback();
      });
      return {
        cancel() {
          isSet = false;
        },
      };
    },
  };
  return clock;
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code, errno: -1 });
}

test('whenThere: work that fails for want of something is done again until it succeeds', async () => {
  const room = createRoom(steppingClock());
  room.setPatience(60_000);
  let tries = 0;
  const seen: (Lack | null)[] = [];
  const result = await room.whenThere('it could not be written', () => {
    tries += 1;
    seen.push(room.lack());
    if (tries < 5) throw failure(tries % 2 === 0 ? 'EDQUOT' : 'ENOSPC');
    return 'written';
  });
  assert.deepEqual([result, tries, room.lack()], ['written', 5, null]);
  assert.equal(seen[0], null);
  assert.deepEqual(seen[4], { host: 'room on the disk', until: 1_060_000, why: 'it could not be written' });
});

test('whenThere: the first try is made at once, and what does not pass is not tried again', async () => {
  const clock = steppingClock();
  const room = createRoom(clock);
  room.setPatience(60_000);
  let tries = 0;
  const failing = room.whenThere('it could not be read', () => {
    tries += 1;
    throw failure('EIO');
  });
  assert.equal(tries, 1);
  await assert.rejects(failing, { name: 'MachineError', message: /^it could not be read: the disk fails/ });
  const mistake = new TypeError('ours');
  await assert.rejects(
    room.whenThere('x', () => Promise.reject(mistake)),
    mistake,
  );
  assert.equal(clock.waits, 0);
});

test('whenThere: the patience is that of each piece of work, and giving up ends all waits', async () => {
  const clock = steppingClock();
  const room = createRoom(clock);
  room.setPatience(10_000);
  const full = () => Promise.reject(failure('ENOSPC'));
  await assert.rejects(room.whenThere('a could not be written', full), { name: 'MachineError', code: 'disk' });
  assert.equal(clock.waits, 5);
  assert.equal(room.lack(), null);
  const patient = createRoom({ ...clock, after: () => ({ cancel() {} }) });
  patient.setPatience(10_000);
  const both = [patient.whenThere('b', full), patient.whenThere('c', full)];
  await new Promise(setImmediate);
  assert.equal(patient.lack()?.why, 'b');
  patient.setPatience(0);
  for (const each of both) await assert.rejects(each, { code: 'disk' });
  await assert.rejects(patient.whenThere('d', full), { code: 'disk' });
  assert.equal(patient.lack(), null);
  await assert.rejects(createRoom(clock).whenThere('e', full), { code: 'disk' });
});

test('whenThere: without patience nothing waits, although time passes between two looks at the clock', async () => {
  const clock = steppingClock();
  let looks = 0;
  const now = (): number => {
    looks += 1;
    return clock.now() + looks / 1_000;
  };
  const room = createRoom({ ...clock, now });
  room.setPatience(0);
  await assert.rejects(
    room.whenThere('x', () => Promise.reject(failure('ENOSPC'))),
    { code: 'disk' },
  );
  assert.equal(clock.waits, 0);
});

test('whenThere: a database that is away has a patience of its own', async () => {
  const clock = steppingClock();
  const room = createRoom(clock);
  const away = () => Promise.reject(new DatabaseAway(new Error('gone')));
  room.setPatience(10_000, 20_000);
  await assert.rejects(room.whenThere('a could not be written', away), {
    name: 'MachineError',
    code: 'database',
    message: 'a could not be written: the database does not answer; run again to go on',
  });
  assert.equal(clock.waits, 10);
  room.setPatience(10_000, 0);
  await assert.rejects(room.whenThere('b', away), { code: 'database' });
  assert.equal(clock.waits, 10);
});

test('NO_PATIENCE: tries once', async () => {
  await assert.rejects(
    NO_PATIENCE.whenThere('it could not be opened', () => Promise.reject(failure('EMFILE'))),
    { name: 'MachineError', message: /^it could not be opened: this process has too many files open; run again/ },
  );
});
