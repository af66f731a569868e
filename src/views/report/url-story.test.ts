import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import type { Lease, RunFigures } from '../../base/contracts.ts';
import { openStore } from '../../store/sqlite/store.ts';
import type { Store } from '../../store/store.ts';
import { urlStory } from './url-story.ts';

const ROOT = 'https://example.com/';
const NO_CONTENTS = { of: async () => null };
const JUDGE = (body: Uint8Array, agent: string) => ({ allowed: true, line: body.length, text: agent });
const url = (path: string): string => `${ROOT}${path}`;

async function next({ frontier }: Store, now = NOW): Promise<Lease> {
  const [lease] = await frontier.lease(1, now, FREE);
  assert.ok(lease !== undefined);
  return lease;
}

const RUN: RunFigures = {
  startedAt: NOW,
  updatedAt: NOW,
  endedAt: null,
  stoppedBy: null,
  requests: 1,
  bytes: 2,
  inFlight: 3,
  peakInFlight: 4,
  elapsedMs: 0,
  agent: 'somebot',
  waitingFor: null,
  loopLate: null,
  hosts: [],
};

/** A root that links to `a`, which moved to `b`, which moved back to `a`; `late` waits for a second try. */
async function makeJob(): Promise<Store> {
  const store = await openStore(':memory:', { identity: IDENTITY, now: NOW });
  await store.frontier.add([found(ROOT)]);
  const links = [
    found(url('a'), { depth: 1 }),
    found(url('late'), { depth: 1 }),
    found(url('out'), { depth: 1, skip: 'scope' }),
  ];
  await settle(store.frontier, ended(await next(store), { links }));
  const toB = found(url('b'), { depth: 1, hops: 1 });
  await settle(store.frontier, ended(await next(store), { redirect: toB, redirectFragment: '#b' }));
  await settle(
    store.frontier,
    ended(await next(store), { state: 'queued', error: 'reset', response: null, dueAt: NOW + 4000 }),
  );
  const toA = found(url('a'), { depth: 1, hops: 2 });
  await settle(store.frontier, ended(await next(store), { redirect: toA, state: 'failed', error: 'redirect-loop' }));
  const robots = { fetchedAt: NOW, expiresAt: NOW + 3_600_000, status: 200, body: new Uint8Array(7) };
  const hold = { host: 'https://example.com', heldUntil: NOW + 9000, why: '503', robots };
  await store.frontier.settle({ settlements: [], hosts: [hold], run: RUN });
  return store;
}

test('urlStory: how a URL was found, back to the root, and where it leads', async () => {
  const { ledger, frontier } = await makeJob();
  const story = await urlStory(ledger, NO_CONTENTS, url('b'), JUDGE);
  assert.ok(story !== null);
  assert.equal(story.state, 'failed');
  assert.equal(story.error, 'redirect-loop');
  assert.equal(story.hops, 1);
  assert.deepEqual(
    story.foundOn.map((step) => step.url),
    [url('a'), ROOT],
  );
  assert.deepEqual(
    story.redirects.map((step) => step.url),
    [url('a')],
  );
  const { redirects, redirectFragment } = (await urlStory(ledger, NO_CONTENTS, url('a'), JUDGE))!;
  assert.equal(redirectFragment, '#b');
  assert.deepEqual(
    redirects.map((step) => step.url + (step.fragment ?? '')),
    [`${url('b')}#b`],
  );
  await frontier.close();
});

test('urlStory: tries that failed, when the next is due, and what the host said', async () => {
  const { ledger, frontier } = await makeJob();
  const story = await urlStory(ledger, NO_CONTENTS, url('late'), JUDGE);
  assert.ok(story !== null);
  assert.equal(story.state, 'queued');
  assert.equal(story.dueAt, new Date(NOW + 4000).toISOString());
  assert.deepEqual(story.attempts, [
    { at: new Date(NOW).toISOString(), error: 'reset', status: 0, form: null, takenBack: null },
  ]);
  assert.deepEqual(story.host, {
    host: 'https://example.com',
    heldUntil: new Date(NOW + 9000).toISOString(),
    why: '503',
    robots: {
      fetchedAt: new Date(NOW).toISOString(),
      expiresAt: new Date(NOW + 3_600_000).toISOString(),
      status: 200,
      bytes: 7,
      verdict: { allowed: true, line: 7, text: 'somebot' },
    },
  });
  await frontier.close();
});

test('urlStory: a skipped URL has its reason, a root no referrer, and a URL that was never seen no story', async () => {
  const { ledger, frontier } = await makeJob();
  assert.equal((await urlStory(ledger, NO_CONTENTS, url('out'), JUDGE))?.reason, 'scope');
  assert.deepEqual((await urlStory(ledger, NO_CONTENTS, ROOT, JUDGE))?.foundOn, []);
  assert.equal(await urlStory(ledger, NO_CONTENTS, url('never'), JUDGE), null);
  await frontier.close();
});
