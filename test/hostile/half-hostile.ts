// Sites of which every second answer is hostile, and the same sites with the good half alone.

import { systemClock } from '../../src/base/clock.ts';
import { done, type HostileInput, page, type Served, type Told } from './hostile-input.ts';
import { HOSTILE_INPUTS } from './inputs/all.ts';

/** As long as a usual server takes, in milliseconds. */
export const HALF_MS = 100;

const good = (name: string): Served => {
  const bytes = page(`<title>${name}</title><p>A page like any other.</p>`);
  return (peer) => void systemClock.after(HALF_MS, () => peer.write(bytes));
};

type Hostile = readonly [served: Served, told: Told];

/** What one path can send, whatever else stands there. */
const HOSTILE: readonly Hostile[] = HOSTILE_INPUTS.flatMap(({ group, elsewhere, tls, serves = {}, becomes }) => {
  const served = serves['/hostile'];
  const told = becomes['/hostile'];
  const isAlone = group === 'host' && Object.keys(serves).length === 1 && elsewhere === undefined && tls === undefined;
  return isAlone && served !== undefined && told !== undefined ? [[served, told] as const] : [];
}).filter(([, told]) => told.redirectTo === undefined && told.error !== 'redirect-loop');

/** A page of a hundred thousand links is as much work as a hundred ordinary pages: each of these is there once. */
const LONG_BYTES = 64 * 1024;
const isLong = ([served]: Hostile): boolean => typeof served !== 'function' && served.length > LONG_BYTES;
const LONG = HOSTILE.filter(isLong);
const SHORT = HOSTILE.filter((each) => !isLong(each));

/**
 * Sites of that many good pages each, and as many hostile ones where `isHostile`. The kinds follow one another from
 * site to site.
 */
export function halfHostile(sites: number, pages: number, isHostile: boolean): HostileInput[] {
  return Array.from({ length: sites }, (_, site) => {
    const serves: Record<string, Served> = {};
    const becomes: Record<string, Told> = {};
    for (let at = 0; at < pages; at += 1) {
      serves[`/page${at}`] = good(`${at}`);
      becomes[`/page${at}`] = done();
      if (!isHostile) continue;
      const nth = site * pages + at;
      const [served, told] = LONG[nth] ?? SHORT[nth % SHORT.length]!;
      serves[`/hostile${at}`] = served;
      becomes[`/hostile${at}`] = told;
    }
    return { number: `half ${site}`, what: 'every second answer is hostile', group: 'half', serves, becomes };
  });
}
