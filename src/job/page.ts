// What a program that uses the library is given of a URL.

import type { Link, Outcome, RawHeaders } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { SettledPage } from '../crawl/parts.ts';

/** One URL whose state is final: a response was had, or it failed. */
export interface Page {
  /** As it was asked. */
  readonly url: string;
  /** 0 where there was no response; then `error` says why. */
  readonly status: number;
  readonly error: ErrorCode | null;
  readonly truncated: Outcome['truncated'];
  /** Links from a root. */
  readonly depth: number;
  /** The page or the redirect that led here; null for a root and for what only a sitemap names. */
  readonly referrer: string | null;
  /** Tries that were spent, the last one included. */
  readonly tries: number;
  /** Name and value by turns, as received. */
  readonly headers: RawHeaders;
  /** Media type without parameters. */
  readonly contentType: string;
  /** Name of the encoding by the Encoding standard, lower case; empty where the body is no text that links are read from. */
  readonly charset: string;
  readonly title: string;
  /** What the page links to, in document order: each URL once, those of parts of the page only where `pageRequisites` is set. */
  readonly links: readonly Link[];
  /** Where a redirect leads. */
  readonly redirectTo: string | null;
  /** After content codings; nothing of one over 1 MB that no links are read from, which is in the archive alone. */
  readonly body: Uint8Array;
  /** Hexadecimal, of the body after the transfer coding and before the content coding; null where there was no response. */
  readonly sha256: string | null;
  /** Milliseconds since the epoch; 0 where the host was given up before this URL was asked. */
  readonly fetchedAt: number;
  readonly elapsedMs: number;
}

/** `referrer` is asked for when the page is settled. */
export function pageOf({ settlement, outcome, found }: SettledPage, referrer: string | null): Page {
  const { lease, response } = settlement;
  const sha256 = response?.sha256 ?? null;
  return {
    url: outcome?.url ?? lease.url,
    status: outcome?.status ?? 0,
    error: settlement.error,
    truncated: outcome?.truncated ?? null,
    depth: lease.depth,
    referrer,
    tries: settlement.tries,
    headers: outcome?.headers ?? [],
    contentType: response?.contentType ?? '',
    charset: response?.charset ?? '',
    title: found?.title ?? '',
    links: linksOf(settlement),
    redirectTo: settlement.redirect?.url ?? null,
    body: outcome === null ? new Uint8Array(0) : ofFixedLength(outcome.body),
    sha256: sha256 === null ? null : Buffer.from(sha256).toString('hex'),
    fetchedAt: settlement.fetchedAt,
    elapsedMs: settlement.elapsedMs,
  };
}

/** The same that the store keeps: each key once, without links that are not followed. */
function linksOf({ links }: SettledPage['settlement']): Link[] {
  const known = new Set<string>();
  const kept: Link[] = [];
  for (const { key, nofollow, link } of links) {
    if (link === undefined || nofollow === true || known.has(key)) continue;
    known.add(key);
    kept.push(link);
  }
  return kept;
}

/** Much of the web's own interface (`crypto.subtle`, `fetch`) takes no bytes of a buffer that can grow, as that of a long body is. */
function ofFixedLength(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer && bytes.buffer.resizable ? bytes.slice() : bytes;
}
