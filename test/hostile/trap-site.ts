// Sites with a trap each, made from a seed: some real pages, and pages without end beside or around them. What a path
// answers depends on the path and the seed alone, but where a trap makes a new token for each link.

import { seededRandom } from '../helpers/random.ts';
import { ADDRESS_TRAPS } from './address-traps.ts';
import { CALENDAR_TRAPS } from './calendar-traps.ts';
import { CHOICE_TRAPS } from './choice-traps.ts';
import { GROWING_TRAPS } from './growing-traps.ts';
import { PROGRAM_TRAPS } from './program-traps.ts';
import { TRAPS } from './trap-kinds.ts';
import { numberOf, type Place, REAL_PAGES, realPage, realPath } from './trap-pages.ts';
import type { Site } from './trap-walk.ts';

export interface TrapSite {
  readonly name: string;
  readonly site: Site;
  /** Whether all the real pages are among those that were asked for. */
  readonly missing: (asked: ReadonlySet<string>) => string[];
}

export function trapSites(seed: number): TrapSite[] {
  const kinds = { ...TRAPS, ...ADDRESS_TRAPS, ...CALENDAR_TRAPS, ...CHOICE_TRAPS, ...GROWING_TRAPS, ...PROGRAM_TRAPS };
  return Object.entries(kinds).map(([name, { entry, trap, real }]) => {
    const random = seededRandom(seed);
    const token = (length: number): string =>
      Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join('');
    const site: Site = (address) => {
      const place = placeOf(address, seed);
      const trapped = trap(place, { token });
      if (trapped !== null) return trapped;
      const number = numberOf(place);
      return number === null || number >= REAL_PAGES ? null : realPage(number, number === 0 ? entry : '', seed);
    };
    const missing = (asked: ReadonlySet<string>): string[] => {
      const had = new Set([...asked].map((path) => real?.(path) ?? path));
      return Array.from({ length: REAL_PAGES }, (_, at) => realPath(at)).filter((path) => !had.has(path));
    };
    return { name, site, missing };
  });
}

function placeOf(address: string, seed: number): Place {
  const { pathname, searchParams } = new URL(address, 'http://site.example');
  let hash = seed;
  for (const char of address) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  const segments = pathname.split('/').filter(Boolean);
  return { path: pathname, segments, query: searchParams, random: seededRandom(hash) };
}
