import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../../test/helpers/properties.ts';
import type { Row } from '../../base/contracts.ts';
import { CHAIN_URLS_LISTED_MAX, CHAINS_LISTED_MAX } from '../../base/limits.ts';
import { type RedirectStep, redirectsOf } from './redirects.ts';

const name = (id: number): string => `/${id}`;
const rowsOf = async (ids: readonly number[]): Promise<Row[]> =>
  ids.map((id) => ({ id, url: name(id), redirectFragment: null }) as unknown as Row);

/** The ids from one redirect on, until there is no other or the first one comes again. */
function walked(next: ReadonlyMap<number, number>, start: number): number[] {
  const path = [start];
  for (let to = next.get(start); to !== undefined; to = next.get(to)) {
    path.push(to);
    if (path.indexOf(to) < path.length - 1) break;
  }
  return path;
}

test('redirectsOf: chains and circles, each once', async () => {
  const steps: RedirectStep[] = [
    [1, 2],
    [2, 3],
    [4, 5],
    [5, 4],
    [6, 4],
    [7, 6],
    [8, 3],
    [9, 9],
  ];
  const redirects = redirectsOf(steps);
  assert.deepEqual(
    [1, 2, 3, 4, 6, 7, 8, 9].map((id) => redirects.endOf(id)),
    [3, 3, 3, null, null, null, 3, null],
  );
  assert.deepEqual(await redirects.chains(rowsOf), {
    total: 8,
    chainCount: 2,
    chains: [
      { hops: 4, urls: ['/7', '/6', '/4', '/5', '/4'] },
      { hops: 2, urls: ['/1', '/2', '/3'] },
    ],
    loopCount: 2,
    inLoops: 3,
    loops: [
      { hops: 2, urls: ['/4', '/5', '/4'] },
      { hops: 1, urls: ['/9', '/9'] },
    ],
  });
});

test('redirectsOf: a chain shows the fragments of its redirects', async () => {
  const redirects = redirectsOf([
    [1, 2],
    [2, 3],
  ]);
  const { chains } = await redirects.chains(async (ids) =>
    (await rowsOf(ids)).reverse().map((row) => ({ ...row, redirectFragment: row.id === 2 ? '#there' : null })),
  );
  assert.deepEqual(chains, [{ hops: 2, urls: ['/1', '/2', '/3#there'] }]);
});

test('redirectsOf: the same as following each redirect by itself', async () => {
  const id = fc.integer({ min: 1, max: 25 });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.tuple(id, id), { selector: ([from]) => from, maxLength: 25 }), async (steps) => {
      const next = new Map(steps);
      const redirects = redirectsOf(steps);
      const { chains, chainCount, loops, loopCount } = await redirects.chains(rowsOf);
      const targets = new Set(next.values());
      const paths = [...next.keys()].map((from) => walked(next, from));
      for (const path of paths) {
        const end = path.at(-1)!;
        assert.equal(redirects.endOf(path[0]!), next.has(end) ? null : end);
      }
      const long = paths.filter((path) => path.length > 2 && !targets.has(path[0]!));
      assert.equal(chainCount, long.length);
      assert.deepEqual(
        chains.map(({ hops, urls }) => [hops, urls[0], urls.at(-1)].join()).toSorted(),
        long.map((path) => [path.length - 1, name(path[0]!), name(path.at(-1)!)].join()).toSorted(),
      );
      // Each row of a loop leads through the whole loop, so it may be listed from any of them.
      const circles = new Map<number, number>();
      for (const path of paths) if (path[0] === path.at(-1)) circles.set(Math.min(...path), path.length - 1);
      assert.equal(loopCount, circles.size);
      assert.deepEqual(loops.map(({ hops }) => hops).toSorted(), [...circles.values()].toSorted());
      assert.ok(loops.every(({ urls }) => urls[0] === urls.at(-1)));
    }),
  );
});

test('redirectsOf: a chain without end that a server made up is walked once, and shown in part', async () => {
  const length = 200_000;
  const steps = Array.from({ length }, (_, at): RedirectStep => [at + 1, at + 2]);
  const entries = Array.from({ length }, (_, at): RedirectStep => [length * 2 + at, 1]);
  const redirects = redirectsOf([...steps, ...entries]);
  assert.equal(redirects.endOf(length * 2), length + 1);
  const { chainCount, chains } = await redirects.chains(rowsOf);
  assert.deepEqual([chainCount, chains.length], [length, CHAINS_LISTED_MAX]);
  const { hops, urls } = chains[0]!;
  assert.deepEqual([hops, urls.length], [length + 1, CHAIN_URLS_LISTED_MAX]);
  assert.deepEqual(
    [urls.slice(0, 3), urls.slice(-2)],
    [
      ['/400000', '/1', '/2'],
      ['/18', `/${length + 1}`],
    ],
  );
});
