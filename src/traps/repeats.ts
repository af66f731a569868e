// Recognises a trap by its address: its parts repeat again and again. A path may repeat and be real (`/src/src/src/src`
// in a view of sources). So its pages are requested while they say anything new, unless it repeats very often.

import { AREAS_REMEMBERED_MAX } from '../base/limits.ts';
import type { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { Vocabulary } from './vocabulary.ts';

/** How often one segment must occur in a row. */
const SAME_SEGMENT_TIMES = 4;
/** How often two or three segments must repeat together. */
const SAME_SEGMENTS_TIMES = 3;
const TOGETHER_MOST = 3;
/** A path of this many segments is a trap if half of its segments are repeats. */
const LONG_PATH_SEGMENTS = 8;
/** A path that repeats this many times as often is not requested, whatever others said. */
const CERTAIN_TIMES = 2;
/** Pages of a host with repeating paths: so many that say nothing new, or so many in all, are enough. */
const BARREN_PAGES = 16;
const PAGES_MOST = 800;
/** How many pages that say nothing new are outweighed by one that does. */
const NEW_WEIGHT = 16;
const EMPTY_SEGMENTS_MOST = 4;
/** A percent sign that was escaped three times. Twice is normal when one address is a value in another. */
const ESCAPED_AGAIN = /%25(?:25)+/;
const AMPERSAND_AGAIN = /(?:amp(?:%3b|;)){3}/i;
const SAME_FIELD_TIMES = 3;
/** The same piece ten times in a row within a name, as in `page-copy-copy-copy`. */
const PIECE_AGAIN = /([-_.+~,]|%2f|%20)([^-_.+~,/%&=?]{1,40})(?:\1\2){9}/i;
const PIECE_TIMES = 10;
const TEXT_LENGTH_MAX = 80;
const NUMBER = /^\d*$/;

interface RepeatingPages {
  readonly words: Vocabulary;
  barren: number;
  all: number;
}

export class Repeats {
  readonly #hosts = new BoundedMap<string, RepeatingPages>(AREAS_REMEMBERED_MAX);

  /** Whether the words of a page are needed. */
  isWatched(address: Address): boolean {
    return repeatInPath(address, 1) !== null;
  }

  /** `words` are null if they are not all known; `ownWords` are those that the page has from its own address. */
  learn(address: Address, words: Uint32Array | null, ownWords: () => ReadonlySet<number>): void {
    if (!this.isWatched(address)) return;
    const pages = this.#hosts.touch(address.host, () => ({ words: new Vocabulary(), barren: 0, all: 0 }));
    const isNew = words === null || pages.words.isRich || pages.words.addAll(words, ownWords()) > 0;
    pages.all += 1;
    pages.barren = isNew ? Math.max(0, pages.barren - NEW_WEIGHT) : pages.barren + 1;
  }

  /** Why the URL is not worth requesting, in words; null if it is. */
  trapIn(address: Address): string | null {
    const repeated = trapInAddress(address);
    if (repeated === null || !isPerhapsReal(address)) return repeated;
    const { barren, all } = this.#hosts.get(address.host) ?? { barren: 0, all: 0 };
    return barren >= BARREN_PAGES || all >= PAGES_MOST ? repeated : null;
  }
}

/** Whether nothing but its path repeats, and that not very often. */
function isPerhapsReal(address: Address): boolean {
  const { url, fields } = address;
  return repeatInText(url) === null && repeatInPath(address, CERTAIN_TIMES) === null && repeatInQuery(fields) === null;
}

/** Why the address looks like one of a trap, in words; null if it does not. */
export function trapInAddress(address: Address): string | null {
  return repeatInText(address.url) ?? repeatInPath(address, 1) ?? repeatInQuery(address.fields);
}

function repeatInText(url: string): string | null {
  if (url.includes('%25') && ESCAPED_AGAIN.test(url)) return 'it escapes again what is escaped already (%2525)';
  if (url.includes('amp') && AMPERSAND_AGAIN.test(url))
    return 'it escapes again what is escaped already (amp;amp;amp;)';
  const piece = mayRepeatPieces(url) ? PIECE_AGAIN.exec(url) : null;
  return piece === null ? null : `a name in it repeats ${shown(piece[1]! + piece[2]!)}`;
}

/** The pattern costs far more than this count, and few addresses have so many separators. */
function mayRepeatPieces(url: string): boolean {
  let separators = 0;
  for (let at = 0; at < url.length; at += 1) if (isSeparator(url.charCodeAt(at))) separators += 1;
  return separators >= PIECE_TIMES;
}

/** The first characters of the separators in `PIECE_AGAIN`: `%+,-.` or `_~`. */
function isSeparator(code: number): boolean {
  return code === 0x25 || (code >= 0x2b && code <= 0x2e) || code === 0x5f || code === 0x7e;
}

/** `factor`: how many times as often it must repeat. */
function repeatInPath(address: Address, factor: number): string | null {
  if (!address.mayRepeat) return null;
  const { segments } = address;
  const named = segments.filter((segment) => segment !== '');
  if (segments.length - named.length > EMPTY_SEGMENTS_MOST) return 'its path repeats / without a name between';
  for (let together = 1; together <= TOGETHER_MOST; together += 1) {
    const times = together === 1 ? SAME_SEGMENT_TIMES : SAME_SEGMENTS_TIMES;
    const repeated = repeatedTogether(named, together, times * factor);
    if (repeated !== null) return `its path repeats ${shown(`/${repeated.join('/')}`)}`;
  }
  // Numbers repeat in dates and in map tiles.
  const names = named.filter((segment) => !NUMBER.test(segment));
  if (names.length < LONG_PATH_SEGMENTS * factor) return null;
  const distinct = [...new Set(names)];
  return distinct.length * 2 > names.length
    ? null
    : `its path repeats ${shown(distinct.sort().join(', '))} in any order`;
}

function repeatedTogether(segments: readonly string[], together: number, times: number): string[] | null {
  let alike = 0;
  for (let at = together; at < segments.length; at += 1) {
    alike = segments[at] === segments[at - together] ? alike + 1 : 0;
    if (alike < together * (times - 1)) continue;
    const cycle = segments.slice(at - together + 1, at + 1);
    if (!cycle.every((segment) => NUMBER.test(segment))) return cycle.sort();
  }
  return null;
}

function repeatInQuery(fields: readonly string[]): string | null {
  if (fields.length < SAME_FIELD_TIMES) return null;
  const counts = new Map<string, number>();
  for (const field of fields) {
    const times = (counts.get(field) ?? 0) + 1;
    if (times === SAME_FIELD_TIMES && field !== '') return `its query repeats ${shown(field)}`;
    counts.set(field, times);
  }
  return null;
}

function shown(text: string): string {
  return text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX)}...`;
}
