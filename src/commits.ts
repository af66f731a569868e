// Group commit. The commits own what was decided and not yet written; the heart hands over settlements one by one and is
// told when the group that holds them is durable. Order is kept: groups are written one after the other.

import type { Clock, Timer } from './base/clock.ts';
import type { Frontier, HostNote, RunFigures, Settlement } from './base/contracts.ts';

export interface Commits {
  /** Resolves once the settlement is durable; rejects when the store failed. */
  settle(settlement: Settlement): Promise<void>;
  /** Written with the next group. */
  note(host: HostNote): void;
  /** Replaces the run's figures in the next group. */
  figures(run: RunFigures): void;
  /** Writes what waits; resolves once it is durable. */
  flush(): Promise<void>;
  readonly waiting: number;
}

export interface CommitRules {
  readonly outcomesMax: number;
  readonly ageMaxMs: number;
}

export function createCommits(frontier: Frontier, clock: Clock, rules: CommitRules): Commits {
  let settlements: Settlement[] = [];
  let hosts: HostNote[] = [];
  let run: RunFigures | null = null;
  let group = Promise.withResolvers<void>();
  let age: Timer | null = null;
  let last: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    age?.cancel();
    age = null;
    if (settlements.length === 0 && hosts.length === 0 && run === null) return last;
    const written = { settlements, hosts, run };
    const { resolve, reject, promise } = group;
    settlements = [];
    hosts = [];
    run = null;
    group = Promise.withResolvers<void>();
    last = last.then(() => frontier.settle(written));
    last.then(resolve, reject);
    promise.catch(() => {});
    return promise;
  };

  return {
    settle(settlement) {
      const { promise } = group;
      settlements.push(settlement);
      if (settlements.length >= rules.outcomesMax) flush();
      else age ??= clock.after(rules.ageMaxMs, flush);
      return promise;
    },
    note: (host) => void hosts.push(host),
    figures(figures) {
      run = figures;
    },
    flush,
    get waiting() {
      return settlements.length;
    },
  };
}
