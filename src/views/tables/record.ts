// A row of the ledger as users see it: the documented fields, in that order.

import type { ArchivePlace, Row, RowText, Unkept } from '../../base/contracts.ts';

/** The last millisecond of a Date (ECMA-262, section 21.4.1.1). */
const CALENDAR_MAX_MS = 8.64e15;

/** One URL, as `export jsonl` and `why --json` print it. */
export interface UrlRecord {
  readonly url: string;
  readonly key: string;
  readonly state: Row['state'];
  readonly reason: Row['reason'];
  readonly error: Row['error'];
  readonly status: number | null;
  readonly truncated: Row['truncated'];
  readonly depth: number;
  readonly referrer: string | null;
  readonly redirectTo: string | null;
  /** The fragment of that target, with its `#`. */
  readonly redirectFragment: string | null;
  readonly tries: number;
  readonly contentType: string | null;
  readonly charset: string | null;
  readonly bytes: number | null;
  /** SHA-256 of the body after the transfer coding and before the content coding, hexadecimal. */
  readonly sha256: string | null;
  readonly title: string | null;
  /** The distinct URLs that the page links to, or their number. */
  readonly links: number | readonly string[];
  /** ISO 8601, UTC. */
  readonly fetchedAt: string | null;
  readonly elapsedMs: number | null;
  readonly remoteAddress: string | null;
  readonly protocol: Row['protocol'];
  readonly archive: ArchivePlace | null;
  /** What the page says about itself: description, language, canonical URL, directives for robots. */
  readonly text: RowText | null;
  /** How many links were not kept, by reason; null if all were kept. */
  readonly unkept: Unkept | null;
  /** A description of what happened, for people; null if there is nothing to say. */
  readonly detail: string | null;
}

export function recordOf(row: Row, links: number | readonly string[] = row.links): UrlRecord {
  const { archive } = row;
  return {
    url: row.url,
    key: row.key,
    state: row.state,
    reason: row.reason,
    error: row.error,
    status: row.status,
    truncated: row.truncated,
    depth: row.depth,
    referrer: row.referrer,
    redirectTo: row.redirectTo,
    redirectFragment: row.redirectFragment,
    tries: row.tries,
    contentType: row.contentType,
    charset: row.charset,
    bytes: row.bytes,
    sha256: row.sha256,
    title: row.title,
    links,
    fetchedAt: isoTime(row.fetchedAt),
    elapsedMs: row.elapsedMs,
    remoteAddress: row.remoteAddress,
    protocol: row.protocol,
    archive: archive === null ? null : { file: archive.file, offset: archive.offset, length: archive.length },
    text: row.text,
    unkept: row.unkept,
    detail: row.detail,
  };
}

/** Wall milliseconds as ISO 8601 in UTC; null for null, for 0 and for a time outside the range of a Date. */
export function isoTime(at: number | null): string | null {
  return at === null || at === 0 || Math.abs(at) > CALENDAR_MAX_MS ? null : new Date(at).toISOString();
}
