// Babble all over a host: pages of many words, all of which were read before, that lead to ever more of their kind at
// addresses that begin with any word. A site of any size has new words, and its pages stand together under a few
// beginnings. A host is watched closely only once its pages lead to more and more beginnings.

import { AREAS_REMEMBERED_MAX } from '../base/limits.ts';
import type { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { Vocabulary } from './vocabulary.ts';

/** A host is watched once pages that lead to two areas and more outnumber those that do not by this many. */
const ROAMING_PAGES = 64;
/** How many words a page says that is made of nothing else. */
const BABBLE_WORDS = 100;
/** How many such pages make a trap. The first page of an area takes `NEW_WEIGHT` off if it is something else. */
const BABBLE_PAGES = 256;
const NEW_WEIGHT = 16;

/** Areas of a host that are remembered. */
const AREAS_OF_HOST_MAX = 1_024;

interface Host {
  roaming: number;
  babble: number;
  /** The words of its pages since it is watched. */
  words: Vocabulary | null;
  /** For each area, how many more of its pages were something else than were babble. */
  readonly areas: BoundedMap<number, number>;
}

export interface RoamingPage {
  readonly address: Address;
  /** Hashes of the page's words, and of those that are not about other pages; null if they are not all known. */
  readonly words: Uint32Array | null;
  readonly said: Uint32Array | null;
  /** How many new URLs the page led to, inside its area and outside. */
  readonly newHere: number;
  readonly newElsewhere: number;
}

export class Babble {
  readonly #hosts = new BoundedMap<string, Host>(AREAS_REMEMBERED_MAX);

  /** Whether the words of a page are needed. */
  isWatched({ host }: Address): boolean {
    return (this.#hosts.get(host)?.roaming ?? 0) >= ROAMING_PAGES;
  }

  learn({ address, words, said, newHere, newElsewhere }: RoamingPage): void {
    const host = this.#hosts.touch(address.host, newHost);
    const isWatched = host.roaming >= ROAMING_PAGES;
    host.roaming = Math.max(0, Math.min(host.roaming + Math.min(newElsewhere, 2) - 1, ROAMING_PAGES * 2));
    if (isWatched) host.words ??= new Vocabulary();
    const isRead = words !== null && host.words?.isRich === false && host.words.addAll(words) === 0;
    const isBabble = isRead && (said?.length ?? 0) >= BABBLE_WORDS;
    const others = host.areas.get(address.areaKey);
    host.areas.set(address.areaKey, (others ?? 0) + (isBabble ? -1 : 1));
    if (!isBabble && others === undefined) host.babble = Math.max(0, host.babble - NEW_WEIGHT);
    if (isBabble && newHere + newElsewhere > 1) host.babble += 1;
  }

  /** Why the URL is not worth requesting, in words; null if it is. */
  trapIn(address: Address): string | null {
    const host = this.#hosts.get(address.host);
    if (address.hasQuery || host === undefined || host.babble < BABBLE_PAGES) return null;
    if ((host.areas.get(address.areaKey) ?? 0) > 0) return null;
    return `${address.host}/...: its pages say words that were read before, and lead to ever more beginnings of paths`;
  }
}

function newHost(): Host {
  return { roaming: 0, babble: 0, words: null, areas: new BoundedMap(AREAS_OF_HOST_MAX) };
}
