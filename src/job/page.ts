// The page that a program gets from the library.

import type { Link, Outcome, RawHeaders } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { SettledPage } from '../crawl/parts.ts';

/** One URL in its final state: it had a response or it failed. */
export interface Page {
  /** The URL as it was requested. */
  readonly url: string;
  /** 0 if there was no response; `error` then tells why. */
  readonly status: number;
  readonly error: ErrorCode | null;
  readonly truncated: Outcome['truncated'];
  /** The number of links from a root. */
  readonly depth: number;
  /** The page or redirect that led here; null for a root and for a URL that only a sitemap lists. */
  readonly referrer: string | null;
  /** How many tries were made, including the last one. */
  readonly tries: number;
  /** Names and values in turn, as received. */
  readonly headers: RawHeaders;
  /** The media type without parameters. */
  readonly contentType: string;
  /**
   * The name of the encoding by the Encoding standard, in lower case; empty if the body is not text that links are read
   * from.
   */
  readonly charset: string;
  readonly title: string;
  /**
   * The links of the page in document order, each URL once. Resources such as images are included only if
   * `pageRequisites` is set.
   */
  readonly links: readonly Link[];
  /** The target of a redirect. */
  readonly redirectTo: string | null;
  /**
   * The body after its content codings were undone. It is empty for a body over 1 MB that no links are read from: only
   * the archive has that.
   */
  readonly body: Uint8Array;
  /**
   * SHA-256 of the body after the transfer coding and before the content coding, hexadecimal; null if there was no
   * response.
   */
  readonly sha256: string | null;
  /** Milliseconds since the epoch; 0 if the host was given up before this URL was requested. */
  readonly fetchedAt: number;
  readonly elapsedMs: number;
}

/** The page of a settled URL. `referrer` is looked up after the page is settled. */
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

/** The same links that the store keeps: each key once, without links that are not followed. */
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

/**
 * A copy in a buffer of fixed length. The buffer of a long body can grow, and many web APIs (`crypto.subtle`, `fetch`)
 * refuse it.
 */
function ofFixedLength(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer && bytes.buffer.resizable ? bytes.slice() : bytes;
}
