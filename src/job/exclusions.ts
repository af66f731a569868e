// The patterns that a user excludes while a crawl runs. They hold until they are taken back, in later runs too: the
// store keeps them, and which rows they took is told by the rows.

import type { Lease } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { exclusionDetail } from '../base/exclusion.ts';
import { EXCLUSION_LENGTH_MAX, EXCLUSIONS_MAX } from '../base/limits-of-serving.ts';
import type { Commits } from '../crawl/commits.ts';
import type { TrapVerdict, TrapWatch } from '../crawl/trap-watch.ts';
import type { Store } from '../store/store.ts';
import { type Pattern, patternFault, patternOf } from '../url/pattern.ts';

/** A pattern that is excluded. */
export interface LiveExclusion {
  readonly id: number;
  readonly pattern: string;
  /** In wall milliseconds. */
  readonly since: number;
  /** How many queued URLs it took so far. */
  readonly setAside: number;
}

export interface Exclusions {
  readonly all: readonly LiveExclusion[];
  /** Excludes URLs that match; `at` is in wall milliseconds. Throws UsageError. */
  exclude(pattern: string, at: number): Promise<void>;
  /** Takes an exclusion back: what it took is queued again. False if there is no such exclusion. */
  include(id: number): Promise<boolean>;
  /** The same watch; it sets aside what is excluded. `mayChange`: there may be exclusions later. */
  excluding(traps: TrapWatch, mayChange: boolean): TrapWatch;
}

interface Excluded {
  readonly id: number;
  readonly pattern: string;
  readonly since: number;
  readonly compiled: Pattern;
  /** The ids of the rows that it took. */
  readonly taken: Set<number>;
}

/** With the exclusions of earlier runs. */
export async function openExclusions(
  { ledger, frontier, exclusions: keeper }: Pick<Store, 'ledger' | 'frontier' | 'exclusions'>,
  commits: Pick<Commits, 'flush'>,
): Promise<Exclusions> {
  const all: Excluded[] = [];
  let lastId = 0;
  const add = (pattern: string, since: number, taken: readonly number[] = []): void => {
    lastId += 1;
    all.push({ id: lastId, pattern, since, compiled: patternOf(pattern), taken: new Set(taken) });
  };
  for (const { pattern, since } of await ledger.job.exclusions()) {
    // The store may be from a stranger.
    if (faultOf(pattern) === null) add(pattern, since, await ledger.rows.excludedBy(pattern));
  }
  const excluded = (lease: Lease): TrapVerdict | null => {
    // Roots are requested anyway, as with --exclude.
    if (all.length === 0 || lease.depth === 0) return null;
    const by = all.find(({ compiled }) => compiled.test(lease.url));
    if (by === undefined) return null;
    by.taken.add(lease.id);
    return { reason: 'excluded', error: null, detail: exclusionDetail(by.pattern) };
  };
  return {
    get all() {
      return all.map(({ id, pattern, since, taken }) => ({ id, pattern, since, setAside: taken.size }));
    },
    async exclude(pattern, since) {
      const fault = faultOf(pattern);
      if (fault !== null) throw new UsageError(`${JSON.stringify(pattern)} is not a valid expression: ${fault}.`);
      if (all.some((each) => each.pattern === pattern)) return;
      if (all.length >= EXCLUSIONS_MAX) throw new UsageError(`There are ${EXCLUSIONS_MAX} exclusions already.`);
      add(pattern, since);
      await keeper.change((before) => [...without(before, pattern), { pattern, since }]);
    },
    async include(id) {
      const at = all.findIndex((each) => each.id === id);
      if (at < 0) return false;
      const [{ pattern, taken }] = all.splice(at, 1) as [Excluded];
      await keeper.change((before) => without(before, pattern));
      // What was set aside last is perhaps not written yet.
      await commits.flush();
      if (taken.size > 0) await frontier.regain?.([...taken]);
      return true;
    },
    excluding(traps, mayChange) {
      if (!mayChange && all.length === 0) return traps;
      return { ...traps, verdict: (lease) => excluded(lease) ?? traps.verdict(lease) };
    },
  };
}

function without<E extends { readonly pattern: string }>(all: readonly E[], pattern: string): E[] {
  return all.filter((each) => each.pattern !== pattern);
}

function faultOf(pattern: string): string | null {
  if (pattern === '') return 'it is empty';
  if (pattern.length > EXCLUSION_LENGTH_MAX) return `it has more than ${EXCLUSION_LENGTH_MAX} characters`;
  if (!pattern.isWellFormed() || /\p{Cc}/u.test(pattern)) return 'it has characters that no URL has';
  return patternFault(pattern);
}
