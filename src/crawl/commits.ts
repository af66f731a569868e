// Group commit. The commits hold what was decided and is not yet written. The heart hands over settlements one by one
// and learns when the group that contains them is durable. One group is written at a time, in order. What comes
// meanwhile forms the next group, so a slow disk makes larger groups and not a longer queue.

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
  /** How many waiting settlements make a full group, which is then written. */
  readonly outcomesMax: number;
  /** How long after its first settlement a group is written at the latest. */
  readonly ageMaxMs: number;
}

interface WaitingGroup {
  readonly settlements: Settlement[];
  readonly hosts: HostNote[];
  /** Null as long as none has changed. */
  cookies: Map<string, SiteCookie> | null;
  run: RunFigures | null;
  readonly written: PromiseWithResolvers<void>;
}

export function createCommits(frontier: Frontier, clock: Clock, rules: CommitRules): Commits {
  let group = newGroup();
  let last: Promise<void> = Promise.resolve();
  let beingWritten = 0;
  let isWriting = false;
  let isWanted = false;
  let age: Timer | null = null;

  const write = async (): Promise<void> => {
    isWriting = true;
    while (isWanted || group.settlements.length >= rules.outcomesMax) {
      const { settlements, hosts, cookies, run, written } = group;
      age?.cancel();
      age = null;
      isWanted = false;
      beingWritten = settlements.length;
      last = written.promise;
      group = newGroup();
      try {
        await frontier.settle({ settlements, hosts, run, ...(cookies !== null && { cookies: [...cookies.values()] }) });
        beingWritten = 0;
        written.resolve();
      } catch (error) {
        // After a failure the store has failed for good: every waiting caller and every later one is told.
        written.reject(error);
        group.written.reject(error);
        return;
      }
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
      if (!isWriting && group.settlements.length >= rules.outcomesMax) void write();
      else age ??= clock.after(rules.ageMaxMs, flush);
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
      return group.settlements.length + beingWritten;
    },
  };
}

function newGroup(): WaitingGroup {
  const written = Promise.withResolvers<void>();
  written.promise.catch(() => {});
  return { settlements: [], hosts: [], cookies: null, run: null, written };
}
