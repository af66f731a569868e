// Writes new URLs to `urls` and `queue`. It owns the next id and the table of seen keys.

import type { DatabaseSync } from 'node:sqlite';
import type { NewUrl } from '../../base/contracts.ts';
import { REASONS } from '../codes.ts';
import { DEEP, type Depths } from '../memory/depths.ts';
import { type HashSeed, hashText } from '../memory/hash.ts';
import { MetUrls } from '../memory/met-urls.ts';
import type { Seen } from '../memory/seen.ts';
import type { Dictionary } from './dictionary.ts';
import type { Lowering } from './lower.ts';

/** A URL that was written to the queue. It may be leased after the commit. */
export interface Admitted {
  readonly id: number;
  readonly hostId: number;
}

export interface UrlAdder {
  /**
   * The id of the URL; it is written if its key is new. `nearer` tells by how many links its page has come nearer to a
   * root since the depth of the URL was computed.
   */
  admit(url: NewUrl, referrer: number | null, nearer?: number): number;
  /** What was written since the last call. */
  drain(): { readonly queued: readonly Admitted[]; readonly skipped: number };
  /** The highest id. */
  readonly last: number;
}

export function createUrlAdder(
  db: DatabaseSync,
  { hosts, words }: { readonly hosts: Dictionary; readonly words: Dictionary },
  { seen, depths, lastId }: { readonly seen: Seen; readonly depths: Depths; readonly lastId: number },
  lowering: Lowering,
  depthMax: number | null,
  seed: HashSeed,
): UrlAdder {
  const insertUrl = db.prepare('INSERT INTO urls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const insertQueued = db.prepare('INSERT INTO queue VALUES (?, ?, 0, 0)');
  const hash = new Int32Array(2);
  const metUrls = new MetUrls();
  let last = lastId;
  let queued: Admitted[] = [];
  let skipped = 0;

  /** The URL was found again. */
  const meet = (id: number, depth: number, nofollow: boolean): number => {
    if (nofollow) return id;
    const known = depths.of(id);
    if (depth < known || known === DEEP) lowering.lower(id, depth);
    return id;
  };

  return {
    admit(found, referrer, nearer = 0) {
      const { url } = found;
      const depth = found.depth - nearer;
      const met = metUrls.get(url);
      if (met !== undefined) return meet(met, depth, found.nofollow === true);
      const { key } = found;
      hashText(key, seed, hash);
      const high = hash[0]!;
      const low = hash[1]!;
      const id = seen.put(high, low, last + 1);
      if (id <= last) {
        metUrls.add(url, id);
        return meet(id, depth, found.nofollow === true);
      }
      last = id;
      const { host, hops, outerCharset = '' } = found;
      const skip = nearer > 0 && found.skip === 'depth' && depth <= depthMax! ? null : found.skip;
      const hostId = hosts.idOf(host);
      const reason = REASONS.code(skip);
      depths.set(id, skip === 'nofollow' ? DEEP : depth);
      const charset = words.idOrNull(outerCharset);
      insertUrl.run(id, high, low, hostId, referrer, depth, hops, reason, url, key === url ? null : key, charset);
      if (reason === null) {
        insertQueued.run(hostId, id);
        queued.push({ id, hostId });
      } else {
        skipped += 1;
      }
      return id;
    },
    drain() {
      const written = { queued, skipped };
      queued = [];
      skipped = 0;
      return written;
    },
    get last() {
      return last;
    },
  };
}
