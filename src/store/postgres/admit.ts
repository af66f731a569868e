// What one transaction finds: new URLs and URLs that come nearer to a root. The links of a whole group are gathered
// first and asked about together.

import { systemClock } from '../../base/clock.ts';
import type { NewUrl, Settlement } from '../../base/contracts.ts';
import { LINKS_AT_ONCE_MAX } from '../../base/limits.ts';
import { REASONS } from '../codes.ts';
import { DEEP } from '../memory/depths.ts';
import { type HashSeed, hashText } from '../memory/hash.ts';
import { hashNumber } from '../memory/hash-number.ts';
import type { Known } from './known.ts';

/** A key in the database: its host and its hash as a decimal number. */
export interface KeyPlace {
  readonly hostId: number;
  readonly hash: string;
}

/** A URL that is not known here. The database may have it. */
export interface Candidate extends KeyPlace {
  readonly id: number;
  readonly found: NewUrl;
  readonly high: number;
  readonly low: number;
  readonly referrer: Referrer | null;
  depth: number;
  /** The smallest depth at which a followed link leads to it; `Infinity` if only nofollow links do. */
  followedDepth: number;
  skip: number | null;
}

/** A known URL that a followed link leads to at this depth. */
export interface Nearer extends KeyPlace {
  depth: number;
}

export interface Referrer {
  readonly id: number;
  readonly hostId: number;
}

export interface Finds {
  /** `nearer` tells by how many links the page has come nearer to a root since the depth of the URL was computed. */
  admit(found: NewUrl, referrer: Referrer | null, nearer?: number): KeyPlace;
  readonly candidates: readonly Candidate[];
  readonly nearer: readonly Nearer[];
}

export interface FindsParts {
  readonly known: Known;
  readonly seed: HashSeed;
  readonly depthMax: number | null;
  /** The ids of all hosts that are admitted. */
  readonly hostIds: ReadonlyMap<string, number>;
  readonly nextId: () => number;
}

export const SKIPPED_FOR_DEPTH = REASONS.code('depth')!;
export const NOT_FOLLOWED = REASONS.code('nofollow')!;

export function createFinds({ known, seed, depthMax, hostIds, nextId }: FindsParts): Finds {
  const candidates = new Map<string, Candidate>();
  const nearerOnes = new Map<string, Nearer>();
  const hash = new Int32Array(2);

  const comeNearer = (place: KeyPlace, depth: number): void => {
    const known = nearerOnes.get(place.hash);
    if (known === undefined) nearerOnes.set(place.hash, { ...place, depth });
    else known.depth = Math.min(known.depth, depth);
  };
  return {
    admit(found, referrer, nearer = 0) {
      hashText(found.key, seed, hash);
      const [high, low] = hash as unknown as [number, number];
      const place = { hostId: hostIds.get(found.host)!, hash: hashNumber(high, low) };
      const depth = found.depth - nearer;
      const isUnfollowed = found.nofollow === true;
      const candidate = candidates.get(place.hash);
      if (candidate !== undefined) {
        if (!isUnfollowed) followTo(candidate, depth, depthMax);
        return candidate;
      }
      const stored = known.depthOf(high, low);
      if (stored !== null) {
        if (!isUnfollowed && (depth < stored || stored === DEEP)) comeNearer(place, depth);
        return place;
      }
      const isInReach = nearer > 0 && found.skip === 'depth' && depth <= depthMax!;
      const skip = isInReach ? null : REASONS.code(found.skip);
      const followedDepth = isUnfollowed ? Number.POSITIVE_INFINITY : depth;
      const made = { ...place, id: nextId(), found, high, low, referrer, depth, followedDepth, skip };
      candidates.set(place.hash, made);
      return made;
    },
    get candidates() {
      return [...candidates.values()];
    },
    get nearer() {
      return [...nearerOnes.values()];
    },
  };
}

/** Another link of the same transaction leads to the candidate. */
function followTo(candidate: Candidate, depth: number, depthMax: number | null): void {
  candidate.followedDepth = Math.min(candidate.followedDepth, depth);
  if (depth >= candidate.depth && candidate.skip !== NOT_FOLLOWED) return;
  candidate.depth = depth;
  candidate.skip = skipAfter(candidate.skip, depth, depthMax);
}

/** Why the URL is skipped when a followed link leads to it at this depth. */
export function skipAfter(skip: number | null, depth: number, depthMax: number | null): number | null {
  // What a root redirects to is requested whatever the scope is.
  if (depth === 0) return null;
  if (skip !== SKIPPED_FOR_DEPTH && skip !== NOT_FOLLOWED) return skip;
  return depth <= (depthMax ?? Number.POSITIVE_INFINITY) ? null : SKIPPED_FOR_DEPTH;
}

/**
 * The keys of a page's links that are followed, each once, in document order: of those from index `from` up to but not
 * including `to`. If they are many the event loop has turns meanwhile.
 */
export async function linkPlaces(
  finds: Finds,
  { links, lease }: Settlement,
  nearer: number,
  from = 0,
  to = links.length,
): Promise<KeyPlace[]> {
  const referrer = referrerOf(lease);
  const places = new Map<string, KeyPlace>();
  for (let at = from; at < to; at += 1) {
    const link = links[at]!;
    const place = finds.admit(link, referrer, nearer);
    // Nobody comes nearer by a link that is not followed.
    if (link.nofollow !== true && !places.has(place.hash)) places.set(place.hash, place);
    if ((at - from + 1) % LINKS_AT_ONCE_MAX === 0) await systemClock.turn();
  }
  return [...places.values()];
}

export function referrerOf({ id, hostId }: Settlement['lease']) {
  return { id, hostId };
}
