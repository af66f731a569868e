// URLs that lead nowhere, and the pages that link to them. A URL is broken where it failed or its status is an error,
// and so is one that redirects to such a URL or in a circle. Hops that no page links to are left out, because where
// they lead is listed; of a circle one URL always is.

import type { LinkReader, Row } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { BROKEN_KEPT_MAX, BROKEN_LISTED_MAX, REFERRERS_LISTED_MAX } from '../../base/limits.ts';
import type { Redirects } from './redirects.ts';

export interface BrokenLinks {
  /** Broken URLs. */
  readonly total: number;
  /**
   * Links to them: pages that link, each once a URL. Of very many broken URLs only those to the first hundred thousand.
   */
  readonly links: number;
  /** The most often linked first; of very many the first thousand. */
  readonly urls: readonly BrokenUrl[];
}

export interface BrokenUrl {
  readonly url: string;
  /** Of the URL itself, or of where its redirects end; null where there was no response. */
  readonly status: number | null;
  readonly error: ErrorCode | null;
  /** Where its redirects end, or in a circle lead first; null where it has none. */
  readonly redirectsTo: string | null;
  /** Pages that link to it. A root, or what only a sitemap names, may have none. */
  readonly links: number;
  /** Up to ten of them. */
  readonly referrers: readonly string[];
}

interface Finding extends Pick<BrokenUrl, 'url' | 'status' | 'error' | 'redirectsTo'> {
  /** It is listed also where no page links to it. */
  readonly isEnd: boolean;
  links: number;
  readonly referrers: number[];
}

export function isBroken({ state, status }: Pick<Row, 'state' | 'status'>): boolean {
  return state === 'failed' || (state === 'done' && status !== null && status >= 400);
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
    /** All rows must have been added: redirects may end at any of them. */
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
    /** Looks through the link lists, where there is anything to look for. */
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

/** Counts the links to each finding, and notes the first pages that have them. */
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
