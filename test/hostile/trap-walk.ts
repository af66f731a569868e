// Walks through a site as a crawl does, with the real parser, keys and rules for traps, but without network and store:
// so that sites of many thousand pages can be tried in seconds.

import { hash } from 'node:crypto';
import { atOnce } from '../../src/base/slices.ts';
import { fingerprintOf } from '../../src/parse/fingerprint.ts';
import { createParser } from '../../src/parse/parse.ts';
import { createTraps, type Reading } from '../../src/traps/traps.ts';
import { hostOf } from '../../src/url/host.ts';
import { createBases, joinUrl } from '../../src/url/join.ts';
import { urlKey } from '../../src/url/key.ts';

export const YEAR_NOW = 2026;
const HOST = 'http://site.example';
/** Requests in flight at a time, unless a test wants more. */
const WAVE = 32;
const ADDRESS_LENGTH_MAX = 8192;

/** The page at a path and query, or its bytes; null where there is none. */
export type Site = (path: string) => string | Uint8Array | null;

export interface Walk {
  /** Paths that were asked for. */
  readonly asked: ReadonlySet<string>;
  /** By the text of the reason, what was set aside. */
  readonly aside: ReadonlyMap<string, string[]>;
  readonly news: readonly string[];
  /** Paths of pages that something is said of. */
  readonly remarks: readonly string[];
  /** It ended by itself. */
  readonly isOver: boolean;
}

/** Stops by itself once `most` pages were asked for. */
export async function walk(
  site: Site,
  most: number,
  isOff = false,
  random: () => number = () => 0,
  inFlight = WAVE,
): Promise<Walk> {
  const traps = createTraps(fingerprintOf, () => YEAR_NOW);
  const baseOf = createBases();
  const parse = createParser((base) => {
    const prepared = baseOf(base);
    return prepared === null ? null : (href) => joinUrl(href, prepared);
  });
  const seen = new Set([`${HOST}/`]);
  const asked = new Set<string>();
  const aside = new Map<string, string[]>();
  const remarks: string[] = [];
  let queue = [{ url: `${HOST}/`, depth: 0 }];
  let at = 0;

  const visit = async (
    url: string,
    depth: number,
  ): Promise<{ reading: Reading | null; links: string[]; digest: number }> => {
    const path = url.slice(HOST.length);
    asked.add(path);
    const made = site(path);
    const body =
      typeof made === 'string' ? Buffer.from(made) : (made ?? Buffer.from('<title>Not found</title><p>Nothing here.'));
    const found = await parse(body, { url, contentType: 'text/html' });
    const reading = traps.read({ url, depth, status: made === null ? 404 : 200, isPage: true, body });
    if (reading !== null && reading.remark !== '') remarks.push(path);
    const links = made === null ? [] : found.links.filter(({ kind }) => kind !== 'requisite').map((link) => link.url);
    return { reading, links, digest: hash('sha256', body, 'buffer').readUIntBE(0, 6) };
  };

  while (at < queue.length && asked.size < most) {
    const wave: { depth: number; reading: Reading | null; links: string[]; digest: number }[] = [];
    for (; at < queue.length && wave.length < inFlight; at += 1) {
      const { url, depth } = queue[at]!;
      const trap = isOff ? null : traps.leased(url, depth);
      if (trap === null) wave.push({ depth, ...(await visit(url, depth)) });
      else {
        traps.setAside(trap);
        aside.set(trap, [...(aside.get(trap)?.slice(-9) ?? []), url]);
      }
    }
    // Answers come in any order.
    wave.sort(() => random() - 0.5);
    for (const { depth, reading, links, digest } of wave) {
      const fresh: string[] = [];
      for (const link of links) {
        const key = urlKey(link);
        if (hostOf(link) !== HOST || seen.has(key) || link.length > ADDRESS_LENGTH_MAX) continue;
        seen.add(key);
        fresh.push(link);
        queue.push({ url: link, depth: depth + 1 });
      }
      atOnce(traps.settled(reading, { digest, links: () => links, fresh }));
    }
    if (at > 10_000) {
      queue = queue.slice(at);
      at = 0;
    }
  }
  return { asked, aside, news: traps.news, remarks, isOver: at >= queue.length };
}
