// The churn of a soak: pages are leased and settled, group after group. A page has thirty links: one to a new page of
// the job, two to new URLs elsewhere, the others to pages that are known. So the queue keeps its length for ever, while
// every row of it is new after some minutes.

import { systemClock } from '../../src/base/clock.ts';
import type { HostNote, Lease, NewUrl, RunFigures, Settlement } from '../../src/base/contracts.ts';
import type { DatabasePlace } from '../../src/store/postgres/place.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import type { Store } from '../../src/store/store.ts';
import { ended, FREE, found, IDENTITY } from '../contract/store-samples.ts';
import { chance, type Random } from '../helpers/random.ts';

export const GROUP = 100;
const HOSTS = 200;
const QUEUED = 20_000;
const LINKS = 30;
const LINKS_ELSEWHERE = 2;
/** This share of the pages is not settled but asked again after a while. */
const PUT_BACK = 0.05;
const PUT_BACK_MS = 10_000;
/** How many hosts a group has learnt something of. */
const NOTES = 5;

export interface Churn {
  readonly ledger: Store['ledger'];
  /** Leases and settles one group; returns how many pages are settled. */
  group(): Promise<number>;
  close(): Promise<void>;
}

export async function startChurn(place: DatabasePlace, random: Random): Promise<Churn> {
  const clock = systemClock;
  const { frontier, ledger } = await openPostgresStore(place, { identity: IDENTITY, now: clock.wall(), clock });
  const startedAt = clock.wall();
  let pages = 0;
  let elsewhere = 0;
  let requests = 0;

  const page = (number: number): NewUrl =>
    found(`https://h${number % HOSTS}.test/some/page/of/the/site-${number}.html`);
  const newPage = (): NewUrl => {
    pages += 1;
    return page(pages - 1);
  };
  const linksOf = (): NewUrl[] => {
    const known = Array.from({ length: LINKS - LINKS_ELSEWHERE - 1 }, () => page(Math.floor(random() * pages)));
    const others = Array.from({ length: LINKS_ELSEWHERE }, () => {
      elsewhere += 1;
      return found(`https://elsewhere${elsewhere % HOSTS}.test/page/${elsewhere}`, { skip: 'scope' });
    });
    return [...known, ...others, newPage()];
  };
  const ending = (lease: Lease): Settlement => {
    const fetchedAt = clock.wall();
    if (!chance(random, PUT_BACK)) return ended(lease, { links: linksOf(), fetchedAt });
    return ended(lease, {
      state: 'queued',
      response: null,
      error: 'reset',
      dueAt: clock.now() + PUT_BACK_MS,
      fetchedAt,
    });
  };
  const note = (): HostNote => {
    const host = new URL(page(Math.floor(random() * HOSTS)).url).origin;
    return { host, answered: true, heldUntil: clock.now() + PUT_BACK_MS, why: 'status 503', rest: String(random()) };
  };
  const figures = (): RunFigures => ({
    ...{ startedAt, updatedAt: clock.wall(), endedAt: null, elapsedMs: clock.wall() - startedAt, stoppedBy: null },
    ...{ requests, bytes: requests, inFlight: GROUP, peakInFlight: GROUP, agent: 'soak', waitingFor: null },
    loopLate: null,
    hosts: Array.from({ length: HOSTS / 2 }, (_, number) => ({
      ...{ host: new URL(page(number).url).origin, inFlight: 1, limit: 4, latencyMs: 20, heldUntil: null, why: null },
    })),
  });

  for (let first = 0; first < QUEUED; first += 1_000) await frontier.add(Array.from({ length: 1_000 }, newPage));
  return {
    ledger,
    async group() {
      const leases = await frontier.lease(GROUP, clock.now(), FREE);
      requests += leases.length;
      const settlements = leases.map(ending);
      await frontier.settle({ settlements, hosts: Array.from({ length: NOTES }, note), run: figures() });
      return settlements.filter(({ state }) => state === 'done').length;
    },
    async close() {
      await frontier.close();
    },
  };
}
