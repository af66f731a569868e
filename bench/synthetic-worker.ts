// A worker that fetches nothing, in a process of its own: it leases URLs, and settles each as a page with thirty links,
// three of which are new. All else is the real store. Its figures are counted from the message `begin` to `end`.
//   node bench/synthetic-worker.ts URL JOB WORKER HOSTS

import type { HostRoom, Lease, NewUrl } from '../src/base/contracts.ts';
import { databasePlace } from '../src/store/postgres/place.ts';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import { identityOf, pageUrl, settledPage } from './settled.ts';

export interface SyntheticFigures {
  readonly pages: number;
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
const { frontier } = await openPostgresStore(place, { identity: identityOf(hostOf(0)), now: 1 });
let last = worker * PAGES_A_WORKER;
let pages = 0;
let isOver = false;

await frontier.add(Array.from({ length: 20 * GROUP }, () => newPage()));
const working = work();
process.on('message', (what: 'begin' | 'end') => void tell(what));
process.send!('ready');

let begun = { pages: 0, cpuUs: 0, at: 0 };

async function tell(what: 'begin' | 'end'): Promise<void> {
  const { user, system } = process.cpuUsage();
  const now = { pages, cpuUs: user + system, at: performance.now() };
  if (what === 'begin') begun = now;
  else {
    isOver = true;
    const figures: SyntheticFigures = {
      pages: now.pages - begun.pages,
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
    const leases = await frontier.lease(GROUP, 1, FREE);
    await settling;
    const settlements = leases.map((lease) => settledPage(lease, linksOf(lease)));
    settling = frontier.settle({ settlements, hosts: [], run: null }).then(() => {
      pages += leases.length;
    });
  }
  await settling;
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
