// Segments that change nothing wherever they stand in a path: links to the folder itself, or a relative menu on a page
// that is the answer to everything. They are learnt from equal pages whose paths differ by one segment. What makes a
// series of them is that they stand behind each other in any order; so only such paths are judged and set aside.

import { mixed, textHash } from '../base/fingerprint.ts';
import { AREAS_REMEMBERED_MAX, REDUCED_PAGES_REMEMBERED_MAX } from '../base/limits.ts';
import { type Address, shortened } from './address.ts';
import { BoundedMap } from './bounded-map.ts';

/** Equal pages of such paths that are needed: of three different contents, or more of one. */
const PAIRS_LEAST = 16;
const CONTENTS_LEAST = 3;
const PAIRS_OF_ONE_PAGE = 64;
/** Of such pages at most one in this many may differ: a list of files names its own path. */
const DIFFERENT_SHARE = 4;
/** Segments of a host, and orders of two of them, that are remembered. */
const NAMES_MOST = 128;
const ORDERS_MOST = 1_024;
/** Longer paths are left to the rule for paths that repeat. */
const SEGMENTS_MOST = 24;

interface Inserted {
  /** Hashes of segments that stood in one of two equal pages and not in the other. */
  readonly names: Set<number>;
  /** Which of them stood before which, as a number for each order. */
  readonly orders: Set<number>;
  readonly contents: Set<number>;
  equal: number;
  different: number;
}

export class Inserts {
  readonly #hosts = new BoundedMap<string, Inserted>(AREAS_REMEMBERED_MAX);
  readonly #digests = new BoundedMap<number, true>(REDUCED_PAGES_REMEMBERED_MAX);
  readonly #digestOf: (hash: number) => number;

  /** `digestOf`: the digest of the page whose address has this hash; 0 if it is not known. */
  constructor(digestOf: (hash: number) => number) {
    this.#digestOf = digestOf;
  }

  learn(address: Address, digest: number): void {
    const { host, segments } = address;
    if (digest === 0) return;
    const known = this.#hosts.get(host);
    const isAgain = this.#digests.has(digest);
    this.#digests.touch(digest, () => true);
    if ((known === undefined && !isAgain) || segments.length > SEGMENTS_MOST) return;
    const isTangled = known !== undefined && rememberOrders(known, segments);
    for (const [at, segment] of foldersOf(segments)) {
      const other = this.#digestOf(hashWithout(address, [at]));
      if (other === digest) {
        const inserted = this.#hosts.touch(host, newInserted);
        if (inserted.names.size < NAMES_MOST) inserted.names.add(textHash(segment));
        if (!isTangled) continue;
        inserted.equal += 1;
        if (inserted.contents.size < CONTENTS_LEAST) inserted.contents.add(digest);
      } else if (other !== 0 && isTangled && known.names.has(textHash(segment))) known.different += 1;
    }
  }

  /** Why the URL is not worth requesting, in words; null if it is. */
  trapIn(address: Address): string | null {
    const inserted = this.#hosts.get(address.host);
    if (inserted === undefined || !isLearnt(inserted)) return null;
    const { segments, host } = address;
    if (segments.length > SEGMENTS_MOST || !rememberOrders(inserted, segments)) return null;
    const places = foldersOf(segments).flatMap(([at, segment]) => (inserted.names.has(textHash(segment)) ? [at] : []));
    for (const at of places) if (this.#digestOf(hashWithout(address, [at])) !== 0) return trapOf(host, segments[at]!);
    // The page without one of them may be set aside itself.
    for (let some = 2; some <= places.length; some += 1)
      if (this.#digestOf(hashWithout(address, places.slice(0, some))) !== 0) return trapOf(host, segments[places[0]!]!);
    return null;
  }
}

function trapOf(host: string, segment: string): string {
  return `${host}: ${shortened(`/${segment}`)} changes nothing wherever it stands in a path`;
}

/** The segments before the last one, and the last one where it is empty. */
function foldersOf(segments: readonly string[]): [number, string][] {
  return [...segments.entries()].filter(([at, segment]) => at + 1 < segments.length || segment === '');
}

function hashWithout({ url, host, segments }: Address, places: readonly number[]): number {
  const path = `${host}/${segments.filter((_, at) => !places.includes(at)).join('/')}`;
  return textHash(path + url.slice(host.length + 1 + segments.join('/').length));
}

/** Remembers which names stand before which; whether two of them were met in both orders, or one stands twice. */
function rememberOrders({ names, orders }: Inserted, segments: readonly string[]): boolean {
  const own = segments.map(textHash).filter((name) => names.has(name));
  let isTangled = false;
  for (const [at, name] of own.entries()) {
    for (const before of own.slice(0, at)) {
      if (orders.size < ORDERS_MOST) orders.add(orderOf(before, name));
      isTangled ||= orders.has(orderOf(name, before));
    }
  }
  return isTangled;
}

function orderOf(before: number, name: number): number {
  return mixed(Math.imul(before, 31) ^ name) | 0;
}

function isLearnt({ equal, different, contents }: Inserted): boolean {
  if (different * DIFFERENT_SHARE > equal + different) return false;
  return equal >= (contents.size < CONTENTS_LEAST ? PAIRS_OF_ONE_PAGE : PAIRS_LEAST);
}

function newInserted(): Inserted {
  return { names: new Set(), orders: new Set(), contents: new Set(), equal: 0, different: 0 };
}
