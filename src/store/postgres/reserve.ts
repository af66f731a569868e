// The limits that hold for all workers of a job together. Each worker reserves a part of what is left, so that it need
// not ask for each page. What a worker has reserved and not used is free again when it ends.

import type { JobShare } from '../../base/job-share.ts';
import type { ShareParts } from './host-exchange.ts';
import type { Ask } from './line.ts';
import { inTransaction } from './membership.ts';

type ReserveParts = Pick<ShareParts, 'schema' | 'membership' | 'transactions' | 'bound'>;

/** The least and the most that is reserved at once. */
const PARTS = { urls: [1, 100], bytes: [64 * 1024, 64 * 1024 * 1024] } as const;

export function createReserve({ schema, membership, transactions, bound }: ReserveParts): JobShare['reserve'] {
  const { id } = membership;
  let last: Promise<unknown> = Promise.resolve();
  const isAtWork = 'w.ended_at IS NULL AND w.lost_at IS NULL';
  const used = {
    urls: `SELECT coalesce(sum(CASE WHEN ${isAtWork} THEN greatest(w.urls_reserved, t.asked) ELSE t.asked END), 0)::bigint
      FROM ${schema}.tallies t LEFT JOIN ${schema}.workers w ON w.id = t.epoch`,
    bytes: `SELECT coalesce(sum(CASE WHEN ${isAtWork} THEN greatest(w.bytes_reserved, r.bytes) ELSE r.bytes END), 0)::bigint
      FROM ${schema}.workers w FULL JOIN ${schema}.runs r ON w.id = r.epoch`,
  };
  const workers = `SELECT count(*) FROM ${schema}.workers w WHERE ${isAtWork}`;
  const take = (ask: Ask, what: 'urls' | 'bytes', most: number): Promise<number> =>
    inTransaction(ask, async () => {
      // One worker after the other.
      await ask(`SELECT 1 FROM ${schema}.job FOR UPDATE`);
      const [sum, count] = await Promise.all([ask(used[what]), ask(workers)]);
      const left = most - (sum.rows[0]![0] as number);
      const [least, atOnce] = PARTS[what];
      // The less is left, the smaller the parts, so that no worker waits while another one has too much.
      const share = Math.ceil(left / (2 * Math.max(1, count.rows[0]![0] as number)));
      const part = Math.max(0, Math.min(left, atOnce, Math.max(least, share)));
      if (part > 0)
        await ask(`UPDATE ${schema}.workers SET ${what}_reserved = ${what}_reserved + $1 WHERE id = ${id}`, [part]);
      return part;
    });
  return (what, most) => {
    const taking = last.then(() => transactions.read(async () => take(await bound(), what, most)));
    last = taking.catch(() => {});
    return taking;
  };
}
