// Builds one row of the ledger from the tables.

import type { Row, RowText } from '../../base/contracts.ts';
import { ERRORS, REASONS, TRUNCATIONS } from '../codes.ts';
import { ASKED_DUE_AT } from '../memory/backlog.ts';
import { placeOf, protocolOf, settledState } from '../row-parts.ts';
import { assertCounts, assertFragment, assertNumbers, assertUrl } from '../sound.ts';
import type { Cells } from './database.ts';
import { countLinkList } from './link-list.ts';

/** The columns that `rowOf` reads. The caller appends a condition on `u`. It reads only the number of the links. */
export const ROW_SQL = `
  SELECT u.id, u.url, u.key, u.skip, u.depth, u.hops, referrer.url, q.url, q.due_at, q.tries,
    o.state, o.reason, o.error, o.status, o.truncated, type.word, charset.word, o.bytes, o.sha256, o.title,
    substr(o.links, 1, 5), target.url, o.tries, o.fetched_at, o.elapsed_ms, address.word,
    file.word, o.archive_offset, o.archive_length,
    text.url, text.description, language.word, text.canonical, robots.word, o.detail,
    unkept.dropped, unkept.too_long, unkept.other_scheme, o.redirect_fragment, o.protocol
  FROM urls u
    LEFT JOIN outcomes o ON o.url = u.id
    LEFT JOIN queue q ON q.host = u.host AND q.url = u.id
    LEFT JOIN urls referrer ON referrer.id = u.referrer
    LEFT JOIN urls target ON target.id = o.redirect_to
    LEFT JOIN words type ON type.id = o.content_type
    LEFT JOIN words charset ON charset.id = o.charset
    LEFT JOIN words address ON address.id = o.remote_address
    LEFT JOIN words file ON file.id = o.archive_file
    LEFT JOIN page_texts text ON text.url = o.url
    LEFT JOIN unkept_links unkept ON unkept.url = o.url
    LEFT JOIN words language ON language.id = text.language
    LEFT JOIN words robots ON robots.id = text.robots`;

type Int = number | null;
type Text = string | null;
type Bytes = Uint8Array | null;
type Columns = [
  ...url: [id: number, url: string, key: Text, skip: Int, depth: number, hops: number, referrer: Text],
  ...queue: [queued: Int, dueAt: Int, queueTries: Int],
  ...verdict: [state: Int, reason: Int, error: Int, status: Int, truncated: Int],
  ...response: [contentType: Text, charset: Text, bytes: Int, sha256: Bytes, title: Text],
  ...found: [links: Bytes, redirectTo: Text],
  ...visit: [tries: Int, fetchedAt: Int, elapsedMs: Int, remoteAddress: Text],
  ...archive: [file: Text, offset: Int, length: Int],
  ...text: [page: Int, description: Text, language: Text, canonical: Text, robots: Text],
  detail: Text,
  ...unkept: [dropped: Int, tooLong: Int, otherScheme: Int],
  redirectFragment: Text,
  protocol: Int,
];

export function rowOf(cells: Cells, isLeased: (id: number) => boolean): Row {
  const [id, url, key, skip, depth, hops, referrer, ...rest] = cells as unknown as Columns;
  const [queued, dueAt, queueTries, state, reason, error, status, truncated, ...more] = rest;
  const [contentType, charset, bytes, sha256, title, links, redirectTo, ...visit] = more;
  const [tries, fetchedAt, elapsedMs, remoteAddress, file, offset, length, page, ...text] = visit;
  const [description, language, canonical, robots, detail, dropped, tooLong, otherScheme, redirectFragment, protocol] =
    text;
  const isQueued = queued !== null;
  assertNumbers(`row ${id}`, cells);
  assertFragment(`row ${id}`, redirectFragment);
  assertSound(id, url, redirectTo, [depth, hops, status, tries, queueTries]);
  if (isQueued && state !== null) throw new Error(`store: row ${id} is queued and settled at once`);
  return {
    id,
    url,
    key: key ?? url,
    state: isQueued ? (isLeased(id) ? 'leased' : 'queued') : settledState(id, state, skip),
    reason: isQueued ? null : REASONS.word(state === null ? skip : reason),
    error: ERRORS.word(error),
    status,
    truncated: TRUNCATIONS.word(truncated),
    depth,
    hops,
    referrer,
    redirectTo,
    redirectFragment,
    tries: tries ?? queueTries ?? 0,
    contentType,
    charset,
    bytes,
    sha256: sha256 === null ? null : Buffer.from(sha256).toString('hex'),
    title,
    text: page === null ? null : textOf(description, language, canonical, robots),
    links: links === null ? 0 : countLinkList(id, links),
    unkept: dropped === null ? null : { dropped, tooLong: tooLong!, otherScheme: otherScheme! },
    fetchedAt,
    elapsedMs,
    remoteAddress,
    protocol: protocolOf(status, protocol),
    archive: placeOf(file, offset, length),
    dueAt: dueAt === null || dueAt <= ASKED_DUE_AT ? null : dueAt,
    detail,
  };
}

function assertSound(id: number, url: string, redirectTo: Text, counts: readonly Int[]): void {
  const what = `row ${id}`;
  assertUrl(what, url);
  assertUrl(what, redirectTo);
  assertCounts(what, ...counts);
}

function textOf(description: Text, language: Text, canonical: Text, robots: Text): RowText {
  return { description, language, canonical, robots: robots === null ? null : robots.split(' ') };
}
