// One run of a job in a simulated world: the real program, wired by itself, that finds a web, a disk and a clock which
// are made here.

import { createRoom } from '../../src/base/room.ts';
import { type Run, startCrawl } from '../../src/job/assemble.ts';
import type { Job } from '../../src/job/job.ts';
import type { World as Surroundings } from '../../src/job/world.ts';
import { type CrawlOptions, resolveOptions } from '../../src/options/options.ts';
import type { Store } from '../../src/store/store.ts';
import { seededRandom } from '../helpers/random.ts';
import type { ProcessClock } from './process-clock.ts';
import { counted, type Disk, type RealWork, slowArchive, slowFrontier, type Written } from './slow-parts.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { Client } from './web.ts';
import type { World } from './world.ts';

export interface Started {
  readonly run: Run;
  /** Resolves when the run has ended and all is written. */
  readonly over: Promise<unknown>;
  isOver(): boolean;
  /**
   * Settlements wait for a commit, though nothing is on its way and nothing can be leased: only a timer would write
   * them.
   */
  isLate(): boolean;
  readonly written: readonly Written[];
  readonly work: RealWork;
}

export interface RunOfWorld {
  readonly world: World;
  readonly clock: ProcessClock;
  readonly reality: VirtualClock;
  readonly client: Client;
  readonly options: CrawlOptions;
  readonly store: Store;
  readonly disk: Disk;
  /** How many there were before. */
  readonly run: number;
}

export async function startInWorld(parts: RunOfWorld): Promise<Started> {
  const { world, clock, reality, client, options, store } = parts;
  const random = seededRandom(world.latencySeed ^ (0xc0de + parts.run));
  const work: RealWork = { count: 0 };
  const slow = slowFrontier(store.frontier, clock, reality.now, random, work);
  const archive = slowArchive(parts.disk, clock, random);
  const job: Job = {
    folder: '',
    store: {
      ...store,
      frontier: slow.frontier,
      sitemaps: {
        ...store.sitemaps,
        add: (found) => counted(work, store.sitemaps.add(found)),
        end: (id, end) => counted(work, store.sitemaps.end(id, end)),
      },
    },
    openedAt: Math.round(clock.wall()),
    room: createRoom(clock),
    // Whoever comes back looks at the store first.
    close: async () => {},
  };
  const surroundings: Surroundings = {
    clock,
    openJob: async () => job,
    openFetch: async (_, { onBytes }) => ({
      decode: (outcome) => outcome,
      async receive(request, signal) {
        const outcome = await client.fetch(request, signal);
        onBytes?.(outcome.wireBytes);
        return outcome;
      },
      recycle: () => {},
      close: async () => {},
    }),
    openArchive: async () => archive,
    hostsMost: world.hostsMost,
    watchMachine: () => ({
      lagMs: () => 0,
      isOverdue: () => false,
      lateness: () => ({ p999Ms: 0, mostMs: 0 }),
      isTight: false,
      look: () => {},
      stop: () => {},
    }),
  };
  const run = await startCrawl(options, {}, surroundings);
  let isOver = false;
  const over = run.summary.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  const isLate = (): boolean => {
    // A sitemap that is read gives way to the event loop again and again.
    const isOnItsWay = client.inFlight > 0 || archive.isSyncing() || slow.isWriting() || reality.hasMoreNow;
    const { leased, nextAt } = store.frontier.counts();
    return !isOnItsWay && run.progress().stoppedBy === null && leased > 0 && nextAt > clock.now();
  };
  return { run, over, isOver: () => isOver, isLate, written: slow.written, work };
}

export function optionsOf({ roots, rules }: World): CrawlOptions {
  return resolveOptions({ roots, scope: 'any', ...rules });
}
