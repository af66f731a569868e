// Broken URLs and the pages that link to them. A URL is broken if it failed, if its status is an error, or if it
// redirects to a broken URL or in a loop. A redirect without links is left out, because its target is listed. One URL
// of each loop is always listed.

import type { LinkReader, Row } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { BROKEN_KEPT_MAX, BROKEN_LISTED_MAX, REFERRERS_LISTED_MAX } from '../../base/limits.ts';
import type { Redirects } from './redirects.ts';

export interface BrokenLinks {
  /** How many URLs are broken. */
  readonly total: number;
  /**
   * How many links lead to them, counted once for each page and URL. For a very large number of broken URLs only links
   * to the first hundred thousand count.
   */
  readonly links: number;
  /** The URL with the most links first; at most a thousand. */
  readonly urls: readonly BrokenUrl[];
}

export interface BrokenUrl {
  readonly url: string;
  /** The status of the URL, or of the end of its redirects; null if there was no response. */
  readonly status: number | null;
  readonly error: ErrorCode | null;
  /** The end of its redirects, or the next URL of a loop; null if it does not redirect. */
  readonly redirectsTo: string | null;
  /** How many pages link to it. A root, or a URL that only a sitemap lists, may have 0. */
  readonly links: number;
  /** At most ten of these pages. */
  readonly referrers: readonly string[];
}

interface Finding extends Pick<BrokenUrl, 'url' | 'status' | 'error' | 'redirectsTo'> {
  /** It is listed even if no page links to it. */
  readonly isEnd: boolean;
  links: number;
  readonly referrers: number[];
}

export function isBroken({ state, status }: Pick<Row, 'state' | 'status'>): boolean {
  return state === 'failed' || (state === 'done' && status !== null && status >= 400);
}

/** The error of a broken URL or, if a response came, its status. */
export function whatIsWrong({ status, error }: Pick<BrokenUrl, 'status' | 'error'>): string {
  return error ?? String(status);
}

export function createBrokenLinks() {
  const findings = new Map<number, Finding>();
  let total = 0;

  const keep = (id: number, what: Omit<Finding, 'links' | 'referrers'>): void => {
    if (findings.size < BROKEN_KEPT_MAX) findings.set(id, { ...what, links: 0, referrers: [] });
  };

  return {
    add({ id, url, status, error }: Row): void {
      total += 1;
      keep(id, { url, status: status === 0 ? null : status, error, redirectsTo: null, isEnd: true });
    },
    /** Call it after all rows were added, because redirects may end at any of them. */
    async addRedirects(redirects: Redirects, urls: LinkReader['urls']): Promise<void> {
      const leading: (readonly [id: number, to: number, end: Finding | null])[] = [];
      for (const [id, to] of redirects.steps()) {
        const endId = redirects.endOf(id);
        const end = endId === null ? null : findings.get(endId);
        if (end === undefined || findings.has(id)) continue;
        if (findings.size + leading.length < BROKEN_KEPT_MAX) leading.push([id, to, end]);
      }
      const from = await urls(leading.map(([id]) => id));
      const targets = await urls(leading.map(([, to]) => to));
      for (const [at, [id, , end]] of leading.entries()) {
        const url = from[at]!;
        if (end !== null) keep(id, { url, status: end.status, error: end.error, redirectsTo: end.url, isEnd: false });
        else {
          const isEnd = redirects.isLoopHead(id);
          keep(id, { url, status: null, error: 'redirect-loop', redirectsTo: targets[at]!, isEnd });
        }
      }
    },
    /** Reads the link lists, unless nothing is broken. */
    async found(reader: Pick<LinkReader, 'lists' | 'urls'>): Promise<BrokenLinks> {
      const links = findings.size > 0 ? await linksTo(findings, reader) : 0;
      const isTold = ({ isEnd, links }: Finding): boolean => isEnd || links > 0;
      const told = [...findings.values()].filter(isTold);
      total += told.filter(({ redirectsTo }) => redirectsTo !== null).length;
      const listed = told.sort((a, b) => b.links - a.links || (a.url < b.url ? -1 : 1));
      const urls: BrokenUrl[] = [];
      for (const { isEnd: _, referrers, ...finding } of listed.slice(0, BROKEN_LISTED_MAX)) {
        urls.push({ ...finding, referrers: await reader.urls(referrers) });
      }
      return { total, links, urls };
    },
  };
}

/** Counts the links to each finding and notes the first pages that contain them. */
async function linksTo(findings: ReadonlyMap<number, Finding>, { lists }: Pick<LinkReader, 'lists'>): Promise<number> {
  let links = 0;
  for await (const pages of lists()) {
    for (const [page, targets] of pages) {
      for (const target of targets) {
        const finding = findings.get(target);
        if (finding === undefined) continue;
        links += 1;
        finding.links += 1;
        if (finding.referrers.length < REFERRERS_LISTED_MAX) finding.referrers.push(page);
      }
    }
  }
  return links;
}
