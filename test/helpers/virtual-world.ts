// A crawl whose time is virtual and whose web is a function, for the tests of what a run does in seconds and hours. The
// store is the real one, in memory.

import type { Group, Outcome, Summary } from '../../src/base/contracts.ts';
import { createRoom, type Room } from '../../src/base/room.ts';
import { firstByteMsMax } from '../../src/fetch/exchange.ts';
import { type Run, startCrawl } from '../../src/job/assemble.ts';
import { identityOf } from '../../src/job/job.ts';
import type { Machine, World } from '../../src/job/world.ts';
import { resolveOptions } from '../../src/options/options.ts';
import { openStore } from '../../src/store/sqlite/store.ts';
import { outcomeOf, type Reply } from '../simulate/outcomes.ts';
import { createVirtualClock, type VirtualClock } from '../simulate/virtual-clock.ts';

export interface VirtualRun {
  readonly run: Run;
  readonly clock: VirtualClock;
  /** Each request with its time, in milliseconds since the start. */
  readonly asked: readonly (readonly [atMs: number, path: string])[];
  /** Every group that was committed, with its time. */
  readonly written: readonly (readonly [atMs: number, group: Group])[];
  readonly machine: { -readonly [Name in keyof Machine]: Machine[Name] };
  /** Goes from event to event for so long, or until the run is over. */
  forMs(ms: number): Promise<void>;
  toTheEnd(): Promise<Summary>;
}

const LATENCY_MS = 10;

/** A reply and how long it takes to come. */
export type VirtualReply = Reply & { readonly afterMs?: number };

/**
 * `answer` gives the reply to a path, or null where none ever comes. robots.txt is missing. `closeArchive` is called at
 * the end of the run.
 */
export async function startVirtual(
  options: Parameters<typeof resolveOptions>[0],
  answer: (path: string) => VirtualReply | null,
  closeArchive: (room: Room) => Promise<void> = async () => {},
): Promise<VirtualRun> {
  const clock = createVirtualClock();
  const begunAt = clock.now();
  const asked: [number, string][] = [];
  const written: [number, Group][] = [];
  const machine = {
    lagMs: () => 0,
    isOverdue: () => false,
    lateness: () => ({ p999Ms: 0, mostMs: 0 }),
    isTight: false,
    look: () => {},
    stop: () => {},
  };
  const world: World = {
    clock,
    async openJob(given) {
      const store = await openStore(':memory:', { identity: identityOf(given), now: clock.wall(), clock });
      const frontier = {
        ...store.frontier,
        settle(group: Group) {
          written.push([clock.now() - begunAt, group]);
          return store.frontier.settle(group);
        },
      };
      const close = (): Promise<void> => store.frontier.close();
      return { folder: '', store: { ...store, frontier }, openedAt: clock.wall(), room: createRoom(clock), close };
    },
    openFetch: async () => ({
      decode: (outcome) => outcome,
      receive: (request, signal) =>
        new Promise<Outcome>((resolve) => {
          const startedAt = clock.now();
          const { pathname } = new URL(request.url);
          asked.push([startedAt - begunAt, pathname]);
          const reply: VirtualReply | null = pathname === '/robots.txt' ? { status: 404 } : answer(pathname);
          const end = (made: Reply): void => resolve(outcomeOf(request.url, made, startedAt, clock.now()));
          const afterMs = reply?.afterMs ?? LATENCY_MS;
          const isSilent = reply?.error === 'first-byte-timeout';
          if (reply !== null) clock.after(isSilent ? firstByteMsMax(request, afterMs) : afterMs, () => end(reply));
          signal.addEventListener('abort', () => end({ status: 0, error: 'aborted' }));
        }),
      recycle: () => {},
      close: async () => {},
    }),
    openArchive: async (_, { room }) => ({
      append: async () => null,
      flush: async () => {},
      close: () => closeArchive(room),
    }),
    watchMachine: () => machine,
  };
  const run = await startCrawl(resolveOptions(options), {}, world);
  let isOver = false;
  run.summary.then(
    () => {
      isOver = true;
    },
    () => {
      isOver = true;
    },
  );
  const forMs = async (ms: number): Promise<void> => {
    let isThere = false;
    clock.after(ms, () => {
      isThere = true;
    });
    while (!isThere && !isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isOver) clock.step();
    }
  };
  return {
    ...{ run, clock, asked, written, machine, forMs },
    async toTheEnd() {
      while (!isOver) await forMs(1_000);
      return run.summary;
    },
  };
}
