// When a URL may be leased, for every store: not before the commit that holds its row, and then once. Pages and what
// they link to are made from a seed; several groups are under way at once, and leases are asked for at any moment
// between.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease, Settlement } from '../../src/base/contracts.ts';
import { fc } from '../helpers/properties.ts';
import { runSeed } from '../helpers/random.ts';
import { ended, FREE, found, NOW, type OpenedStore, type StorePlace, type Suite, settle } from './store-samples.ts';

/**
 * What is done next: so many leases are asked for, or so many of those in hand are settled; then the event loop goes
 * round.
 */
type Step = readonly [kind: 'lease' | 'settle', count: number, turns: number];

const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom('lease', 'settle'), fc.nat(8), fc.nat(3));
const PAGES_MAX = 120;
const RUNS = 20;

export function commitsContract({ name, newPlace, randomShare }: Suite): void {
  test(`${name}: a URL is leased once, and never before what led to it is committed`, async () => {
    const scripts = fc.array(step, { minLength: 10, maxLength: 60, size: 'max' });
    const links = fc.array(fc.array(fc.nat(PAGES_MAX), { maxLength: 6 }), { minLength: 1, maxLength: 40 });
    const property = fc.asyncProperty(scripts, links, async (script, linksOf) => {
      const place = newPlace();
      const store = await place.open();
      try {
        await play(store, place, script, linksOf);
      } finally {
        await store.frontier.close();
        await place.remove();
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(RUNS * randomShare), seed: runSeed(`commits of ${name}`) });
  });
}

async function play(
  { frontier }: OpenedStore,
  { reader }: StorePlace,
  script: readonly Step[],
  linksOf: readonly (readonly number[])[],
): Promise<void> {
  const committed = new Set<string>();
  const asked = new Set<string>();
  const inHand: Lease[] = [];
  const underWay: Promise<void>[] = [];
  const other = (await reader?.()) ?? null;

  const settleSome = async (leases: readonly Lease[]): Promise<void> => {
    const settlements = leases.map((lease): Settlement => {
      // Some come back, and are leased again once that is committed.
      if (lease.id % 4 === 0 && !lease.wasAsked) return ended(lease, { state: 'queued', error: 'reset', dueAt: 0 });
      const links = linksOf[lease.id % linksOf.length]!.map((page) => found(urlOf(page)));
      return ended(lease, { links });
    });
    await settle(frontier, ...settlements);
    for (const { links, state, lease } of settlements) {
      for (const { url } of links) committed.add(url);
      if (state === 'queued') asked.delete(lease.url);
    }
  };
  const leaseSome = async (count: number): Promise<void> => {
    const leases = await frontier.lease(count, NOW, FREE);
    // Whoever waits for a commit is told of it some microtasks after what it holds can be leased.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    for (const lease of leases) {
      assert.ok(committed.has(lease.url), `${lease.url} was leased before it was committed`);
      assert.ok(!asked.has(lease.url), `${lease.url} was leased twice`);
      if (other !== null) assert.notEqual(await other.rows.find(lease.url), null, 'another process sees it too');
      asked.add(lease.url);
      inHand.push(lease);
    }
  };

  await frontier.add([found(urlOf(0))]);
  committed.add(urlOf(0));
  for (const [kind, count, turns] of script) {
    if (kind === 'lease') await leaseSome(count);
    else underWay.push(settleSome(inHand.splice(0, count)));
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(underWay);
  do {
    await settleSome(inHand.splice(0));
    await leaseSome(PAGES_MAX);
  } while (inHand.length > 0);
  await other?.close();
  assert.deepEqual([...asked].sort(), [...committed].sort(), 'all that was found was leased');
}

function urlOf(page: number): string {
  return `http://h${page % 7}.test/${page}`;
}
