// Builds one row of the ledger from the tables.

import type { ArchivePlace, Attempt, Row } from '../../base/contracts.ts';
import { ERRORS, REASONS, STATES, TRUNCATIONS } from '../codes.ts';
import { ASKED_DUE_AT } from '../memory/backlog.ts';
import { placeOf, protocolOf, settledState } from '../row-parts.ts';
import { assertCounts, assertFragment, assertNumbers, assertUrl } from '../sound.ts';
import type { DatabaseRow as Cells } from './line.ts';

/** The columns that `urlRowOf` reads. The caller appends a condition on `u`. */
export function urlRowSql(schema: string): string {
  return `
    SELECT u.id, u.url, u.key, u.skip, u.depth, u.hops, referrer.url, q.url, q.due_at, q.tries,
      v.state, v.reason, v.error, v.status, v.truncated, v.content_type, v.charset, v.bytes, encode(v.sha256, 'hex'), v.title,
      coalesce(cardinality(v.link_keys), 0), target.url, v.tries, v.fetched_at, v.elapsed_ms, v.remote_address,
      v.archive_file, v.archive_offset, v.archive_length,
      coalesce(v.is_page, false), v.description, v.language, v.canonical, v.robots, v.detail,
      v.dropped, v.too_long, v.other_scheme, v.redirect_fragment, v.protocol
    FROM ${schema}.urls u
      LEFT JOIN ${schema}.visits v ON v.host = u.host AND v.url = u.id
      LEFT JOIN ${schema}.queue q ON q.host = u.host AND q.url = u.id
      LEFT JOIN ${schema}.urls referrer ON referrer.id = u.referrer AND referrer.host = coalesce(u.referrer_host, u.host)
      LEFT JOIN ${schema}.urls target
        ON target.key_hash = v.redirect_key AND target.host = coalesce(v.redirect_host, v.host)`;
}

type Int = number | null;
type Text = string | null;
type UrlColumns = [
  ...url: [id: number, url: string, key: Text, skip: Int, depth: number, hops: number, referrer: Text],
  ...queue: [queued: Int, dueAt: Int, queueTries: Int],
  ...verdict: [state: Int, reason: Int, error: Int, status: Int, truncated: Int],
  ...response: [contentType: Text, charset: Text, bytes: Int, sha256: Text, title: Text],
  ...found: [links: number, redirectTo: Text],
  ...visit: [tries: Int, fetchedAt: Int, elapsedMs: Int, remoteAddress: Text],
  ...archive: [file: Text, offset: Int, length: Int],
  ...text: [isPage: boolean, description: Text, language: Text, canonical: Text, robots: Text],
  detail: Text,
  ...unkept: [dropped: Int, tooLong: Int, otherScheme: Int],
  redirectFragment: Text,
  protocol: Int,
];

export function urlRowOf(cells: Cells, isLeased: (id: number) => boolean): Row {
  const [id, url, key, skip, depth, hops, referrer, queued, dueAt, queueTries, ...rest] =
    cells as unknown as UrlColumns;
  const [state, reason, error, status, truncated, contentType, charset, bytes, sha256, title, ...more] = rest;
  const [links, redirectTo, tries, fetchedAt, elapsedMs, remoteAddress, file, offset, length, ...last] = more;
  const [
    isPage,
    description,
    language,
    canonical,
    robots,
    detail,
    dropped,
    tooLong,
    otherScheme,
    redirectFragment,
    protocol,
  ] = last;
  const isQueued = queued !== null;
  assertNumbers(`row ${id}`, cells);
  assertUrl(`row ${id}`, url);
  assertUrl(`row ${id}`, redirectTo);
  assertFragment(`row ${id}`, redirectFragment);
  assertCounts(`row ${id}`, depth, hops, status, tries, queueTries);
  if (isQueued && state !== null) throw new Error(`store: row ${id} is queued and settled at once`);
  return {
    ...{ id, url, key: key ?? url },
    state: isQueued ? (isLeased(id) ? 'leased' : 'queued') : settledState(id, state, skip),
    reason: isQueued ? null : REASONS.word(state === null ? skip : reason),
    error: ERRORS.word(error),
    status,
    truncated: TRUNCATIONS.word(truncated),
    ...{ depth, hops, referrer, redirectTo, redirectFragment },
    tries: tries ?? queueTries ?? 0,
    ...{ contentType, charset, bytes, sha256, title },
    text: isPage ? { description, language, canonical, robots: robots?.split(' ') ?? null } : null,
    links,
    unkept: dropped === null ? null : { dropped, tooLong: tooLong!, otherScheme: otherScheme! },
    ...{ fetchedAt, elapsedMs, remoteAddress, protocol: protocolOf(status, protocol) },
    archive: placeOf(file, offset, length),
    dueAt: dueAt === null || dueAt <= ASKED_DUE_AT ? null : dueAt,
    detail,
  };
}

export function attemptsSql(schema: string): string {
  return `
    SELECT a.at, a.error, a.status, a.state, a.reason, a.again_at, a.form, target.url,
      a.archive_file, a.archive_offset, a.archive_length
    FROM ${schema}.attempts a
      LEFT JOIN ${schema}.urls target ON target.key_hash = a.redirect_key AND target.host = coalesce(a.redirect_host, a.host)
    WHERE a.url = $1 ORDER BY a.number`;
}

export function attemptOf(cells: Cells): Attempt {
  const [at, error, status, code, reason, againAt, form, redirectTo, ...place] = cells as [
    ...tried: [at: number, error: Int, status: number],
    ...takenBack: [state: Int, reason: Int, againAt: Int],
    ...next: [form: Text, redirectTo: Text],
    ...archive: [file: Text, offset: Int, length: Int],
  ];
  const state = STATES.word(code);
  const archive: ArchivePlace | null = placeOf(...place);
  const takenBack =
    state === null ? null : { state, reason: REASONS.word(reason), againAt: againAt!, redirectTo, archive };
  return { at, error: ERRORS.word(error), status, form, takenBack };
}
