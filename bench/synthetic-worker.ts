// A worker that fetches nothing, in a process of its own: it leases URLs, and settles each as a page with thirty links,
// three of which are new. All else is the real store. Its figures are counted from the message `begin` to `end`.
//   node bench/synthetic-worker.ts URL JOB WORKER HOSTS

import type { HostRoom, Lease, NewUrl } from '../src/base/contracts.ts';
import { type Ask, createLine, type Line } from '../src/store/postgres/line.ts';
import { databasePlace } from '../src/store/postgres/place.ts';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import { identityOf, pageUrl, settledPage } from './settled.ts';

export interface SyntheticFigures {
  readonly pages: number;
  readonly leases: number;
  /** Statements that were sent to the database. */
  readonly queries: number;
  /** Processor time of this process. */
  readonly cpuUs: number;
  readonly ms: number;
}

const [address, job] = process.argv.slice(2) as [string, string];
const [worker, hosts] = process.argv.slice(4).map(Number) as [number, number];

const GROUP = 100;
const LINKS = 30;
const NEW_LINKS = 3;
/** The numbers of the pages that one worker finds. */
const PAGES_A_WORKER = 50_000_000;
const FREE = (): HostRoom => ({ take: Number.POSITIVE_INFINITY, notBefore: 0 });

const place = databasePlace(address, job);
let last = worker * PAGES_A_WORKER;
let [pages, leases, queries] = [0, 0, 0];
const { frontier } = await openPostgresStore(place, { identity: identityOf(hostOf(0)), now: 1 }, () => {}, counted);
let isOver = false;

await frontier.add(Array.from({ length: 20 * GROUP }, () => newPage()));
const working = work();
process.on('message', (what: 'begin' | 'end') => void tell(what));
process.send!('ready');

let begun = { pages: 0, leases: 0, queries: 0, cpuUs: 0, at: 0 };

async function tell(what: 'begin' | 'end'): Promise<void> {
  const { user, system } = process.cpuUsage();
  const now = { pages, leases, queries, cpuUs: user + system, at: performance.now() };
  if (what === 'begin') begun = now;
  else {
    isOver = true;
    const figures: SyntheticFigures = {
      pages: now.pages - begun.pages,
      leases: now.leases - begun.leases,
      queries: now.queries - begun.queries,
      cpuUs: now.cpuUs - begun.cpuUs,
      ms: now.at - begun.at,
    };
    process.send!(figures);
    await working;
    await frontier.close();
    process.disconnect!();
  }
}

/** The next URLs are leased while a group is settled, as in a crawl. */
async function work(): Promise<void> {
  let settling = Promise.resolve();
  while (!isOver) {
    const leased = await frontier.lease(GROUP, 1, FREE);
    leases += leased.length;
    await settling;
    const settlements = leased.map((lease) => settledPage(lease, linksOf(lease)));
    settling = frontier.settle({ settlements, hosts: [], run: null }).then(() => {
      pages += leased.length;
    });
  }
  await settling;
}

/** A connection of the store whose statements are counted. */
function counted(...given: Parameters<typeof createLine>): Line {
  const line = createLine(...given);
  const counting = (ask: Ask): Ask => {
    return (sql, values) => {
      queries += 1;
      return ask(sql, values);
    };
  };
  return { ...line, ask: counting(line.ask), bound: async () => counting(await line.bound()) };
}

function hostOf(page: number): string {
  return `https://h${page % hosts}.example`;
}

function newPage(): NewUrl {
  last += 1;
  return pageUrl(hostOf(last), last);
}

function linksOf({ id }: Lease): NewUrl[] {
  const first = worker * PAGES_A_WORKER + 1;
  return Array.from({ length: LINKS }, (_, at) => {
    if (at < NEW_LINKS) return newPage();
    const page = first + ((id * 7 + at * 7_919) % (last - first));
    return pageUrl(hostOf(page), page);
  });
}
