// Applies the rule of the smaller depth. If a URL is found again nearer to a root, its depth falls; if it was skipped
// for its depth, it is queued after all; and the links of a settled page come nearer in turn. A URL that only nofollow
// links lead to counts as infinitely deep. At depth 0 only roots are and what they redirect to, which are requested
// whatever the scope is. So the result of a crawl does not depend on which of two ways was faster.

import type { DatabaseSync } from 'node:sqlite';
import type { Judgement } from '../../base/contracts.ts';
import { REASONS } from '../codes.ts';
import { LONG_DUE_AT } from '../memory/backlog.ts';
import { DEEP, type Depths } from '../memory/depths.ts';
import { query } from './database.ts';
import { decodeLinkList } from './link-list.ts';

/** A URL that was skipped and is queued now. */
export interface Regained {
  readonly id: number;
  readonly hostId: number;
}

export interface Lowering {
  /** Lowers the depth of the row and of all that it leads to, if `depth` is less than it had. */
  lower(id: number, depth: number): void;
  /** Queues a row that the user excluded and wants after all; nothing happens if it is not one. */
  regain(id: number): void;
  /** Judges a row anew that was skipped as `scope`; nothing happens if it is not one. */
  rejudge(verdict: Judgement): void;
  /** What was regained since the last call. */
  drain(): readonly Regained[];
}

const SKIPPED_FOR_DEPTH = REASONS.code('depth')!;
const NOT_FOLLOWED = REASONS.code('nofollow')!;
const OUT_OF_SCOPE = REASONS.code('scope')!;
const EXCLUDED = REASONS.code('excluded')!;

/** `depthMax` is null if there is no limit. */
export function createLowering(db: DatabaseSync, depths: Depths, depthMax: number | null): Lowering {
  const read = query(
    db,
    'SELECT u.depth, u.skip, u.host, o.redirect_to, o.links FROM urls u LEFT JOIN outcomes o ON o.url = u.id WHERE u.id = ?',
  );
  const setDepth = db.prepare('UPDATE urls SET depth = ? WHERE id = ?');
  const setSkip = db.prepare('UPDATE urls SET skip = ? WHERE id = ?');
  const rejudge = db.prepare(`UPDATE urls SET skip = ? WHERE id = ? AND skip = ${OUT_OF_SCOPE}`);
  const hostOf = query(db, 'SELECT host FROM urls WHERE id = ?');
  const dropExcluded = db.prepare(`DELETE FROM outcomes WHERE url = ? AND reason = ${EXCLUDED}`);
  const insertQueued = db.prepare(`INSERT INTO queue VALUES (?, ?, ${LONG_DUE_AT}, 0)`);
  let regained: Regained[] = [];
  const queue = (id: number, hostId: number): void => {
    insertQueued.run(hostId, id);
    regained.push({ id, hostId });
  };

  /** Returns what the row leads to; nothing if the row was already as near. */
  const lowerOne = (id: number, depth: number): readonly [id: number, depth: number][] => {
    const [before, skip, hostId, redirectTo, links] = read.get(id) as [
      number,
      number | null,
      number,
      number | null,
      Uint8Array | null,
    ];
    if (before <= depth && skip !== NOT_FOLLOWED) return [];
    setDepth.run(depth, id);
    depths.set(id, depth);
    const isNear = depth <= (depthMax ?? Number.POSITIVE_INFINITY);
    if (skip === NOT_FOLLOWED && !isNear) setSkip.run(SKIPPED_FOR_DEPTH, id);
    else if (skip !== null && (depth === 0 || ((skip === SKIPPED_FOR_DEPTH || skip === NOT_FOLLOWED) && isNear))) {
      setSkip.run(null, id);
      queue(id, hostId);
    }
    const next: [number, number][] = links === null ? [] : decodeLinkList(id, links).map((link) => [link, depth + 1]);
    if (redirectTo !== null) next.push([redirectTo, depth]);
    return next;
  };

  return {
    lower(id, depth) {
      const waiting: [number, number][] = [[id, depth]];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const known = depths.of(next[0]);
        if (known <= next[1] && known !== DEEP) continue;
        for (const led of lowerOne(...next)) waiting.push(led);
      }
    },
    regain(id) {
      if (dropExcluded.run(id).changes === 0) return;
      queue(id, hostOf.get(id)![0] as number);
    },
    rejudge({ id, hostId, skip }) {
      if (rejudge.run(REASONS.code(skip), id).changes > 0 && skip === null) queue(id, hostId);
    },
    drain() {
      const drained = regained;
      regained = [];
      return drained;
    },
  };
}
