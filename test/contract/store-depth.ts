// The rule of the smaller depth: what a store holds in the end does not depend on the order in which pages came.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease, NewUrl } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { type Random, runSeed, seededRandom } from '../helpers/random.ts';
import { ended, FREE, found, IDENTITY, inStore, NOW, type Suite, settle } from './store-samples.ts';

const RUNS = 60;
const PAGES = 30;

export function depthContract(suite: Suite): void {
  inStore(
    suite,
    'settle: a URL found again nearer to a root comes nearer, and what it links to in turn',
    async (store) => {
      const { frontier, ledger } = store;
      await frontier.add([at('/', 0), at('/far', 3)]);
      const [root, far] = await frontier.lease(2, NOW, FREE);
      await settle(frontier, ended(far!, { links: [at('/leaf', 4)], redirect: at('/moved', 3) }));
      await settle(frontier, ended(root!, { links: [at('/far', 1)] }));
      assert.deepEqual(
        (await allOf(ledger.rows.all())).map(({ url, depth }) => [url, depth]),
        [
          [urlOf('/'), 0],
          [urlOf('/far'), 1],
          [urlOf('/leaf'), 2],
          [urlOf('/moved'), 1],
        ],
      );
    },
  );

  inStore(
    suite,
    'settle: the links of a page that came nearer while it was leased count from where it is now',
    async (store) => {
      const { frontier, ledger } = store;
      await frontier.add([at('/', 0), at('/far', 5)]);
      const [root, far] = await frontier.lease(2, NOW, FREE);
      await settle(frontier, ended(root!, { links: [at('/far', 1)] }));
      await settle(frontier, ended(far!, { links: [at('/leaf', 6)] }));
      assert.equal((await ledger.rows.find(urlOf('/leaf')))?.depth, 2);
    },
  );

  inStore(suite, 'settle: a chain deeper than a byte holds comes nearer too', async (store) => {
    const { frontier, ledger } = store;
    await frontier.add([at('/', 0), at('/p/0', 300)]);
    const [root, first] = await frontier.lease(2, NOW, FREE);
    await settle(frontier, ended(first!, { links: [at('/p/1', 301)] }));
    await settle(frontier, ended(root!, { links: [at('/p/0', 290)] }));
    assert.deepEqual(
      [(await ledger.rows.find(urlOf('/p/0')))?.depth, (await ledger.rows.find(urlOf('/p/1')))?.depth],
      [290, 291],
    );
  });

  inStore(suite, 'settle: a URL out of scope is queued once a root redirects there', async (store) => {
    const { frontier, ledger } = store;
    await frontier.add([at('/', 0), at('/moved', 0)]);
    const [root, moved] = await frontier.lease(2, NOW, FREE);
    const outside = (path: string): NewUrl => ({ ...at(path, 1), skip: 'scope' });
    await settle(frontier, ended(root!, { links: [outside('/new'), outside('/else')] }));
    await settle(frontier, ended(moved!, { redirect: at('/new', 0) }));
    const stateOf = async (path: string): Promise<unknown[]> => {
      const { state, reason, depth } = (await ledger.rows.find(urlOf(path)))!;
      return [state, reason, depth];
    };
    assert.deepEqual(await stateOf('/new'), ['queued', null, 0]);
    assert.deepEqual(await stateOf('/else'), ['skipped', 'scope', 1]);
    const [lease] = await frontier.lease(1, NOW, FREE);
    assert.equal(lease?.url, urlOf('/new'));
  });

  inStore(suite, 'rejudge: what was out of scope is queued or gets its reason; other rows stay', async (store) => {
    const { frontier, ledger } = store;
    await frontier.add([at('/', 0)]);
    const [root] = await frontier.lease(1, NOW, FREE);
    const outside = ['/in', '/excluded', '/out'].map((path): NewUrl => ({ ...at(path, 1), skip: 'scope' }));
    const links = [...outside, { ...at('/deep', 1), skip: 'depth' } as const, at('/done', 1)];
    await settle(frontier, ended(root!, { links }));
    const [other] = await frontier.lease(1, NOW, FREE);
    await settle(frontier, ended(other!));
    const rows = await allOf(ledger.rows.outOfScope());
    assert.deepEqual(
      rows.map(({ url, depth }) => [url, depth]),
      outside.map(({ url, depth }) => [url, depth]),
    );
    const [{ id, hostId }, excluded] = rows as [(typeof rows)[0], (typeof rows)[0]];
    const idOf = async (path: string): Promise<number> => (await ledger.rows.find(urlOf(path)))!.id;
    const verdicts = [
      { id, hostId, skip: null },
      { id: excluded.id, hostId, skip: 'excluded' },
      { id: await idOf('/deep'), hostId, skip: null },
      { id: await idOf('/done'), hostId, skip: null },
    ] as const;
    await frontier.rejudge(verdicts);
    const states = async (): Promise<unknown[]> =>
      (await allOf(ledger.rows.all())).map(({ state, reason }) => reason ?? state);
    assert.deepEqual(await states(), ['done', 'queued', 'excluded', 'scope', 'depth', 'done']);
    const { queued, done, skipped } = frontier.counts();
    assert.deepEqual([queued, done, skipped], [1, 2, 3]);
    const leases = await frontier.lease(9, NOW, FREE);
    assert.deepEqual(
      leases.map(({ url, wasAsked }) => [url, wasAsked]),
      [[urlOf('/in'), false]],
    );
    // A second process has judged the same rows.
    await frontier.rejudge(verdicts);
    assert.deepEqual(await states(), ['done', 'leased', 'excluded', 'scope', 'depth', 'done']);
    assert.deepEqual(await frontier.lease(9, NOW, FREE), []);
  });

  inStore(suite, 'settle: a URL that was only noted is queued once a followed link leads there', async (store) => {
    const { frontier, ledger } = store;
    await frontier.add([at('/', 0), at('/far', 3)]);
    const [root, far] = await frontier.lease(2, NOW, FREE);
    await settle(frontier, ended(root!, { links: [notedAt(1, 1), notedAt(2, 1), pageAt(2, 1, null)] }));
    const stateOf = async (page: number): Promise<unknown[]> => {
      const { state, reason, depth } = (await ledger.rows.find(urlOf(`/p/${page}`)))!;
      return [state, reason, depth];
    };
    assert.deepEqual(await stateOf(1), ['skipped', 'nofollow', 1]);
    assert.deepEqual(await stateOf(2), ['queued', null, 1]);
    assert.deepEqual((await ledger.links.of([1]))[0]!, [urlOf('/p/2')]);
    await settle(frontier, ended(far!, { links: [notedAt(1, 4), pageAt(1, 4, null), notedAt(2, 4)] }));
    assert.deepEqual(await stateOf(1), ['queued', null, 4]);
    assert.deepEqual(await stateOf(2), ['queued', null, 1]);
    assert.deepEqual(frontier.counts().skipped, 0);
  });

  const seed = runSeed(`${suite.name} depth`);
  test(`${suite.name}: settle: any order of pages, with restarts, ends as a breadth-first search does`, async () => {
    const random = seededRandom(seed);
    for (let run = 0; run < RUNS * suite.randomShare; run += 1)
      await crawlAtRandom(suite, random, `seed ${seed}, run ${run}`);
  });
}

interface Graph {
  readonly links: readonly (readonly number[])[];
  /** Links that are not to be followed. */
  readonly unfollowed: readonly (readonly number[])[];
  readonly redirects: readonly (number | null)[];
  readonly depthMax: number | null;
}

async function crawlAtRandom(suite: Suite, random: Random, what: string): Promise<void> {
  const graph = randomGraph(random);
  const identity = { ...IDENTITY, depth: graph.depthMax };
  const place = suite.newPlace();
  let store = await place.open(identity);
  await store.frontier.add([at('/p/0', 0)]);
  let leased: Lease[] = [];
  for (;;) {
    leased.push(...(await store.frontier.lease(1 + Math.floor(random() * 5), NOW, FREE)));
    if (leased.length === 0) break;
    const [lease] = leased.splice(Math.floor(random() * leased.length), 1);
    await settle(store.frontier, ended(lease!, whereItLeads(graph, lease!)));
    if (place.reader !== null && random() < 0.05) {
      await store.frontier.close();
      store = await place.open(identity);
      leased = [];
    }
  }
  const rows = (await allOf(store.ledger.rows.all())).map(({ key, depth, state, reason }) => {
    // How far a URL is to which no followed link leads is not defined.
    return [key, reason === 'nofollow' ? null : depth, state, reason];
  });
  await store.frontier.close();
  await place.remove();
  assert.deepEqual(rows.sort(), breadthFirst(graph).sort(), what);
}

function whereItLeads(
  { links, unfollowed, redirects, depthMax }: Graph,
  { url, depth }: Lease,
): { links: NewUrl[]; redirect: NewUrl | null } {
  const page = Number(/\d+$/.exec(url)![0]);
  const redirect = redirects[page] ?? null;
  if (redirect !== null) return { links: [], redirect: pageAt(redirect, depth, depthMax) };
  const noted = unfollowed[page]!.map((link) => notedAt(link, depth + 1));
  const followed = links[page]!.map((link) => pageAt(link, depth + 1, depthMax));
  return { links: page % 2 === 0 ? [...followed, ...noted] : [...noted, ...followed], redirect: null };
}

/** What must be there: every page that is reached, with its distance. */
function breadthFirst({ links, unfollowed, redirects, depthMax }: Graph): unknown[][] {
  const distances = new Map([[0, 0]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [page, distance] of distances) {
      if (distance > (depthMax ?? Number.POSITIVE_INFINITY)) continue;
      const redirect = redirects[page] ?? null;
      const led =
        redirect === null ? links[page]!.map((link) => [link, distance + 1] as const) : [[redirect, distance] as const];
      for (const [to, far] of led) {
        if ((distances.get(to) ?? Number.POSITIVE_INFINITY) <= far) continue;
        distances.set(to, far);
        changed = true;
      }
    }
  }
  const asked = [...distances.keys()].filter((page) => distances.get(page)! <= (depthMax ?? Number.POSITIVE_INFINITY));
  const noted = asked.flatMap((page) => (redirects[page] === null ? unfollowed[page]! : []));
  const onlyNoted = [...new Set(noted)].filter((page) => !distances.has(page));
  const reached = [...distances].map(([page, distance]) => {
    const isDeep = depthMax !== null && distance > depthMax;
    return [urlOf(`/p/${page}`), distance, isDeep ? 'skipped' : 'done', isDeep ? 'depth' : null];
  });
  return [...reached, ...onlyNoted.map((page) => [urlOf(`/p/${page}`), null, 'skipped', 'nofollow'])];
}

function randomGraph(random: Random): Graph {
  const any = (): number => Math.floor(random() * PAGES);
  const links = Array.from({ length: PAGES }, () => Array.from({ length: Math.floor(random() * 4) }, any));
  // A long way to most pages, so that shorter ones come late.
  for (let page = 0; page + 1 < PAGES; page += 1) if (random() < 0.7) links[page]!.push(page + 1);
  const unfollowed = links.map(() => Array.from({ length: Math.floor(random() * 3) }, any));
  const redirects = links.map(() => (random() < 0.1 ? any() : null));
  redirects[0] = null;
  return { links, unfollowed, redirects, depthMax: random() < 0.3 ? null : Math.floor(random() * 8) };
}

function pageAt(page: number, depth: number, depthMax: number | null): NewUrl {
  return at(`/p/${page}`, depth, depthMax !== null && depth > depthMax ? 'depth' : null);
}

function notedAt(page: number, depth: number): NewUrl {
  return { ...at(`/p/${page}`, depth, 'nofollow'), nofollow: true };
}

function at(path: string, depth: number, skip: NewUrl['skip'] = null): NewUrl {
  return found(urlOf(path), { depth, skip });
}

function urlOf(path: string): string {
  return `https://a.test${path}`;
}
