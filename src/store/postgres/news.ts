// What a worker learns of the whole job: the totals of all others, what they have, and whether anything is left to do.

import type { Totals } from '../store.ts';
import type { Ask } from './line.ts';
import { AT_WORK, type Membership, NOW_SQL } from './membership.ts';
import { LEFT_AT } from './schema.ts';

/** What others have done, and what they are about. */
export interface News {
  /** By how much other workers, also earlier ones, have changed the totals. */
  readonly totals: Totals;
  /** How many others are at work. */
  readonly workers: number;
  /** How many hosts they work on, and how many more they could. */
  readonly hosts: number;
  readonly wants: number;
  /** The time since which all of them have been idle at the least; null if one is not. */
  readonly idleSeenAt: number | null;
  /** The time of the database. */
  readonly at: number;
}

/** What is left to do in the whole job. */
export interface Remaining {
  readonly queued: number;
  readonly sitemaps: number;
  /** No URL was ever found: the job is only being made. */
  readonly isEmpty: boolean;
}

export interface NewsReader {
  news(ask: Ask): Promise<News>;
  remaining(ask: Ask): Promise<Remaining>;
  /** How many others have not written the figures of their end. */
  unended(ask: Ask): Promise<number>;
  /** Whether another worker has a host with something to do, or might take one in this run. */
  hasOpenHosts(ask: Ask): Promise<boolean>;
}

const SUMS = ['queued', 'done', 'failed', 'skipped'].map((name) => `coalesce(sum(${name}), 0)::bigint`).join(', ');

export function createNews(schema: string, { id }: Pick<Membership, 'id'>): NewsReader {
  const totals = `SELECT ${SUMS} FROM ${schema}.tallies WHERE epoch <> ${id}`;
  const workers = `SELECT count(*), coalesce(sum(hosts), 0)::bigint, coalesce(sum(wants), 0)::bigint,
      bool_and(is_idle), min(seen_at), ${NOW_SQL}
    FROM ${schema}.workers WHERE ${AT_WORK} AND id <> ${id}`;
  const remaining = `SELECT coalesce(sum(queued), 0)::bigint, coalesce(sum(sitemaps), 0)::bigint,
      coalesce(sum(done + failed + skipped), 0)::bigint FROM ${schema}.tallies`;
  const unended = `SELECT count(*) FROM ${schema}.workers w LEFT JOIN ${schema}.runs r ON r.epoch = w.id
    WHERE w.ended_at IS NULL AND w.lost_at IS NULL AND w.id <> ${id} AND r.ended_at IS NULL`;
  const open = `SELECT 1 FROM ${schema}.hosts WHERE open_at < ${LEFT_AT} AND coalesce(lease_owner, 0) <> ${id} LIMIT 1`;
  return {
    async news(ask) {
      const [sums, others] = await Promise.all([ask(totals), ask(workers)]);
      const [pending, done, failed, skipped] = sums.rows[0] as [number, number, number, number];
      const [count, hosts, wants, areIdle, seenAt, at] = others.rows[0] as [
        ...counts: [number, number, number],
        ...idle: [boolean | null, number | null],
        at: number,
      ];
      const idleSeenAt = areIdle === true ? seenAt : null;
      return { totals: { pending, done, failed, skipped }, workers: count, hosts, wants, idleSeenAt, at };
    },
    async remaining(ask) {
      const [queued, sitemaps, settled] = (await ask(remaining)).rows[0] as [number, number, number];
      return { queued, sitemaps, isEmpty: queued + settled === 0 };
    },
    unended: async (ask) => (await ask(unended)).rows[0]![0] as number,
    hasOpenHosts: async (ask) => (await ask(open)).rows.length > 0,
  };
}
