import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';
import type { Fetch } from '../base/contracts.ts';
import { type JobShare, WHOLE_JOB } from '../base/job-share.ts';

const OTHER = 'http://i';
const OTHER_LEASE = { ...LEASE, url: `${OTHER}/page`, host: OTHER, hostId: 2 };
const PACED = { ...CONFIG, pace: { ...CONFIG.pace, delayMs: 2_000 } };

/** The robots.txt of HOST is on the other host; `asked` gets what was requested. */
function movedTo(asked: string[]): Fetch {
  return async ({ url }) => {
    asked.push(url);
    if (url.startsWith(OTHER)) return outcomeOf(200, 'User-agent: *\nDisallow: /private');
    return { ...outcomeOf(301), headers: ['location', `${OTHER}/robots.txt`] };
  };
}

/** A gate that knows the other host, and that the robots.txt of HOST is there. */
async function guestOf(config = PACED, share?: Pick<JobShare, 'has' | 'want'>) {
  const bench = await gateAt(config, [], undefined, share);
  const asked: string[] = [];
  const fetch = movedTo(asked);
  const errand = async (): Promise<void> => void (await bench.gate.runErrand(bench.gate.errand()!, fetch, signal));
  for (const [host, id] of [
    [OTHER, 2],
    [HOST, 1],
  ] as const) {
    bench.gate.room(host, id);
    await errand();
  }
  bench.time.now += 10_000;
  asked.length = 0;
  return { ...bench, asked, errand };
}

test('gate: a host that asks another one for its robots.txt, and a page of that one, do not start at once', async () => {
  for (const config of [PACED, { ...CONFIG, pace: { ...CONFIG.pace, hostConcurrency: 1 } }]) {
    const { gate, itself, time, asked, errand } = await guestOf(config);
    // A frontier asks for the room of all hosts before it hands out anything.
    assert.equal(gate.room(OTHER, 2).take, 1);
    assert.equal(gate.room(HOST, 1).take, 0);
    const refused = await itself.through(OTHER_LEASE, () => assert.fail('it was requested'));
    assert.deepEqual(refused.refusal, { reason: null, error: null, isForNow: true });
    await errand();
    assert.deepEqual(asked, [`${OTHER}/robots.txt`]);
    time.now += 2_000;
    assert.equal(gate.room(OTHER, 2).take, 1);
    assert.equal(await gate.refusal(OTHER_LEASE), null, 'later it is requested');
  }
});

test('gate: a hold that begins after the room was told keeps what has not started', async () => {
  const { gate, itself, time } = await gateAt({ ...CONFIG, robots: false });
  gate.begin(LEASE);
  assert.ok(gate.room(HOST, 1).take > 1);
  const waits = { ...outcomeOf(429), headers: ['retry-after', '60'], sentAt: time.now };
  await gate.end(LEASE, waits);
  const refused = await itself.through(LEASE, () => assert.fail('it was requested'));
  assert.deepEqual(refused.refusal, { reason: null, error: null, isForNow: true });
  time.now += 61_000;
  assert.ok(gate.room(HOST, 1).take > 0);
  assert.equal(await gate.refusal(LEASE), null);
});

test('gate: a host that is given up keeps the reason, whatever comes of a robots.txt that another host has there', async () => {
  const { gate, time } = await gateAt();
  const moved: Fetch = async () => ({ ...outcomeOf(301), headers: ['location', `${OTHER}/robots.txt`] });
  gate.room(HOST, 1);
  await gate.runErrand(gate.errand()!, moved, signal);
  gate.room(HOST, 1);
  const guest = gate.errand()!;
  for (const at of [10_000, 11_000, 15_000]) {
    time.now = at;
    const refused = { ...outcomeOf(0, '', 'refused'), sentAt: at };
    gate.room(OTHER, 2);
    await gate.runErrand({ host: OTHER, hostId: 2 }, async () => refused, signal);
  }
  const given = { reason: null, error: 'refused', detail: 'its robots.txt: refused' };
  assert.deepEqual(await gate.refusal(OTHER_LEASE), given);
  await gate.runErrand(guest, async () => ({ ...outcomeOf(404), detail: 'odd' }), signal);
  assert.deepEqual(await gate.refusal(OTHER_LEASE), given);
  const own = async () => ({ ...outcomeOf(0, '', 'tls-expired'), sentAt: 20_000, detail: 'it ended yesterday' });
  await gate.runErrand({ host: OTHER, hostId: 2 }, own, signal);
  assert.deepEqual(await gate.refusal(OTHER_LEASE), given);
});

test('gate: a host of another process is wanted, and asked for a robots.txt only once it is here', async () => {
  const ours = new Set([HOST, OTHER]);
  const wanted: string[] = [];
  const share = { has: (host: string) => ours.has(host), want: (host: string) => void wanted.push(host) };
  const { gate, time, asked, errand } = await guestOf(PACED, share);
  ours.delete(OTHER);
  gate.forget(OTHER);
  const { take, notBefore } = gate.room(HOST, 1);
  assert.deepEqual([take, wanted, gate.errand()], [0, [OTHER], null]);
  assert.ok(notBefore > time.now && notBefore < time.now + 1_000, 'it looks again soon');
  ours.add(OTHER);
  time.now = notBefore;
  // It is loaded first.
  gate.room(HOST, 1);
  await gate.recall([OTHER]);
  gate.room(HOST, 1);
  await errand();
  assert.deepEqual(asked, [`${OTHER}/robots.txt`]);
});

test('gate: an errand of a host that was lost meanwhile requests nothing, and its answer changes nothing', async () => {
  const ours = new Set([HOST]);
  const { gate } = await gateAt(CONFIG, [], undefined, { has: (host) => ours.has(host), want: () => {} });
  gate.room(HOST, 1);
  gate.forget(HOST);
  assert.equal(gate.errand(), null);
  await gate.recall([HOST]);
  gate.room(HOST, 1);
  const late = gate.errand()!;
  ours.delete(HOST);
  assert.deepEqual(await gate.runErrand(late, () => assert.fail('it was requested'), signal), []);
  ours.add(HOST);
  const lost: Fetch = async () => {
    gate.forget(HOST);
    return outcomeOf(200, 'User-agent: *\nDisallow: /');
  };
  assert.deepEqual(await gate.runErrand(late, lost, signal), []);
});

test('gate: a host that is asked for its own robots.txt is not asked for that of another one at once', async () => {
  const { gate, time, answer } = await gateAt(PACED);
  gate.room(HOST, 1);
  await gate.runErrand(gate.errand()!, movedTo([]), signal);
  time.now += 10_000;
  gate.room(OTHER, 2);
  gate.room(HOST, 1);
  const [own, ...more] = [gate.errand(), gate.errand()].filter((errand) => errand !== null);
  assert.deepEqual([own?.host, more], [OTHER, []]);
  await gate.runErrand(own!, answer(404), signal);
  time.now += 2_000;
  gate.room(HOST, 1);
  assert.equal(gate.room(OTHER, 2).take, 0, 'now it is the turn of the other one');
  assert.equal(gate.errand()?.host, HOST);
});

test('gate: what is learnt of a host is noted from time to time, for whoever goes on if this process dies', async () => {
  const adapting = { ...CONFIG, robots: false, pace: { ...CONFIG.pace, adapt: true, hostConcurrency: 64 } };
  const bench = await gateAt(adapting, [], undefined, WHOLE_JOB, true);
  const { gate, time, note } = bench;
  const rests: (string | undefined)[] = [];
  for (let nth = 0; nth < 40; nth += 1) {
    time.now += 500;
    gate.begin(LEASE);
    gate.begin(LEASE);
    for (let ended = 0; ended < 2; ended += 1) {
      const { note: told } = await gate.end(LEASE, { ...outcomeOf(200), sentAt: time.now, firstByteMs: 5 });
      if (told?.rest === undefined) continue;
      rests.push(told.rest);
      note(told);
    }
  }
  assert.ok(rests.length >= 3 && rests.length <= 5, `${rests.length} in twenty seconds`);
  const learnt = gate.room(HOST, 1).take;
  assert.ok(learnt > 2, `${learnt} at a time`);
  const row = { ...(await bench.shelf.load([HOST]))[0]!, handed: { aheadMs: 0, wasDropped: true } };
  const later = { ...bench.shelf, load: async () => [row] };
  const other = await gateAt(adapting, [], [HOST], WHOLE_JOB, false, later);
  assert.ok(other.gate.room(HOST, 1).take > 2, 'the next one goes on with that');
});
