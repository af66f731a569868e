// Recognises a trap by the address alone: its parts repeat again and again.

import type { Address } from './address.ts';

/** How often one segment must occur in a row. */
const SAME_SEGMENT_TIMES = 4;
/** How often two or three segments must repeat together. */
const SAME_SEGMENTS_TIMES = 3;
const TOGETHER_MOST = 3;
/** A path of this many segments is a trap if half of its segments are repeats. */
const LONG_PATH_SEGMENTS = 8;
const EMPTY_SEGMENTS_MOST = 4;
const FEW_SEGMENTS = 16;
/** A percent sign that was escaped three times. Twice is normal when one address is a value in another. */
const ESCAPED_AGAIN = /%25(?:25)+/;
const AMPERSAND_AGAIN = /(?:amp(?:%3b|;)){3}/i;
const SAME_FIELD_TIMES = 3;
/** The same piece ten times in a row within a name, as in `page-copy-copy-copy`. */
const PIECE_AGAIN = /([-_.+~,]|%2f|%20)([^-_.+~,/%&=?]{1,40})(?:\1\2){9}/i;
const PIECES_LENGTH_LEAST = 20;
const TEXT_LENGTH_MAX = 80;
const NUMBER = /^\d*$/;

/** Why the address belongs to a trap, in words; null if it does not look like one. */
export function trapInAddress({ url, segments, fields }: Address): string | null {
  if (url.includes('%25') && ESCAPED_AGAIN.test(url)) return 'it escapes again what is escaped already (%2525)';
  if (url.includes('amp') && AMPERSAND_AGAIN.test(url))
    return 'it escapes again what is escaped already (amp;amp;amp;)';
  const piece = url.length < PIECES_LENGTH_LEAST ? null : PIECE_AGAIN.exec(url);
  if (piece !== null) return `a name in it repeats ${shown(piece[1]! + piece[2]!)}`;
  return repeatInPath(segments) ?? (fields.length < SAME_FIELD_TIMES ? null : repeatInQuery(fields));
}

function repeatInPath(segments: readonly string[]): string | null {
  if (segments.length < SAME_SEGMENT_TIMES || !hasDuplicate(segments)) return null;
  const named = segments.filter((segment) => segment !== '');
  if (segments.length - named.length > EMPTY_SEGMENTS_MOST) return 'its path repeats / without a name between';
  for (let together = 1; together <= TOGETHER_MOST; together += 1) {
    const times = together === 1 ? SAME_SEGMENT_TIMES : SAME_SEGMENTS_TIMES;
    const repeated = repeatedTogether(named, together, times);
    if (repeated !== null) return `its path repeats ${shown(`/${repeated.join('/')}`)}`;
  }
  // Numbers repeat in dates and in map tiles.
  const names = named.filter((segment) => !NUMBER.test(segment));
  if (names.length < LONG_PATH_SEGMENTS) return null;
  const distinct = [...new Set(names)];
  return distinct.length * 2 > names.length
    ? null
    : `its path repeats ${shown(distinct.sort().join(', '))} in any order`;
}

/** Most paths have few segments, and none of them twice. */
function hasDuplicate(segments: readonly string[]): boolean {
  if (segments.length > FEW_SEGMENTS) return new Set(segments).size < segments.length;
  return segments.some((segment, at) => segments.indexOf(segment) < at);
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
