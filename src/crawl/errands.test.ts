import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';
import type { Fetch } from '../base/contracts.ts';
import type { JobShare } from '../base/job-share.ts';

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
