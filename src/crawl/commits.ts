// Group commit. The commits hold what was decided and is not yet written. The heart hands over settlements one by one
// and learns when the group that contains them is durable. One group is written at a time, in order. What comes
// meanwhile forms the next group, so a slow disk makes larger groups and not a longer queue. A group is written in one
// go, so what would make it too large begins another one.

import type { Clock, Timer } from '../base/clock.ts';
import type { Frontier, HostNote, RunFigures, Settlement } from '../base/contracts.ts';
import { cookieKey, type SiteCookie } from '../base/cookies.ts';

export interface Commits {
  /** Resolves once the settlement is durable; rejects if the store failed. */
  settle(settlement: Settlement): Promise<void>;
  /** Adds a note on a host to the next group. */
  note(host: HostNote): void;
  /** Adds a cookie to the next group, in place of what was known of it. */
  cookie(changed: SiteCookie): void;
  /** Writes notes on hosts; resolves once they are durable. */
  keep(hosts: readonly HostNote[]): Promise<void>;
  /** Replaces the run's figures in the next group. */
  figures(run: RunFigures): void;
  /** Writes what waits; resolves once it is durable. */
  flush(): Promise<void>;
  /** The number of settlements that are not durable yet. */
  readonly waiting: number;
}

export interface CommitRules {
  /** How many waiting settlements make a full group, which is then written. A group has at most four times as many. */
  readonly outcomesMax: number;
  /** So many links, or more, make a full group too. */
  readonly linksMax: number;
  /** How long after its first settlement a group is written at the latest. */
  readonly ageMaxMs: number;
}

interface WaitingGroup {
  readonly settlements: Settlement[];
  readonly hosts: HostNote[];
  /** Null as long as none has changed. */
  cookies: Map<string, SiteCookie> | null;
  run: RunFigures | null;
  links: number;
  readonly written: PromiseWithResolvers<void>;
}

/** A group that waits for the one before it grows to so many times what makes it full. */
const GROWTH_MAX = 4;

export function createCommits(
  frontier: Frontier,
  clock: Clock,
  { outcomesMax, linksMax, ageMaxMs }: CommitRules,
): Commits {
  /** The groups that take no more, in the order in which they will be written. */
  const whole: WaitingGroup[] = [];
  let group = newGroup();
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let isWriting = false;
  let isWanted = false;
  let hasFailed = false;
  let age: Timer | null = null;

  const isFull = (growth: number): boolean =>
    group.settlements.length >= outcomesMax * growth || group.links >= linksMax;
  /** Begins another group. */
  const ended = (): WaitingGroup => {
    const before = group;
    age?.cancel();
    age = null;
    isWanted = false;
    last = before.written.promise;
    group = newGroup();
    return before;
  };
  const next = (): WaitingGroup | null => whole.shift() ?? (isWanted || isFull(1) ? ended() : null);
  const write = async (): Promise<void> => {
    isWriting = true;
    for (let each = next(); each !== null; each = next()) {
      const { settlements, hosts, cookies, run, written } = each;
      const changed = cookies === null ? {} : { cookies: [...cookies.values()] };
      try {
        await frontier.settle({ settlements, hosts, ...changed, run });
      } catch (error) {
        // After a failure the store has failed for good: every waiting caller and every later one is told.
        for (const lost of [each, ...whole, group]) lost.written.reject(error);
        hasFailed = true;
        return;
      }
      waiting -= settlements.length;
      written.resolve();
    }
    isWriting = false;
  };
  const flush = (): Promise<void> => {
    const { settlements, hosts, cookies, run } = group;
    if (settlements.length + hosts.length === 0 && cookies === null && run === null) return last;
    const { promise } = group.written;
    isWanted = true;
    if (!isWriting) void write();
    return promise;
  };

  return {
    settle(settlement) {
      const { promise } = group.written;
      group.settlements.push(settlement);
      group.links += settlement.links.length;
      waiting += 1;
      if (!isWriting && isFull(1)) void write();
      else if (!hasFailed && isFull(GROWTH_MAX)) whole.push(ended());
      else age ??= clock.after(ageMaxMs, flush);
      return promise;
    },
    note: (host) => void group.hosts.push(host),
    cookie(changed) {
      group.cookies ??= new Map();
      group.cookies.set(cookieKey(changed.cookie), changed);
    },
    keep(hosts) {
      group.hosts.push(...hosts);
      return flush();
    },
    figures(figures) {
      group.run = figures;
    },
    flush,
    get waiting() {
      return waiting;
    },
  };
}

function newGroup(): WaitingGroup {
  const written = Promise.withResolvers<void>();
  written.promise.catch(() => {});
  return { settlements: [], hosts: [], cookies: null, run: null, links: 0, written };
}
