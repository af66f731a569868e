// Counts of the table: by the values of a column, by folder, over time, by equal bytes.

import type { TreeAnswer } from '../api/findings.ts';
import type { GroupsAnswer } from '../api/urls.ts';
import type { UrlTable } from './fill.ts';
import { beyond, conditionOf } from './filter.ts';
import { STATE_WORDS } from './table-file.ts';

export type GroupedBy = 'state' | 'status' | 'error' | 'reason' | 'contentType' | 'depth' | 'host';

type Group = Omit<GroupsAnswer['groups'][number], 'help'>;
type Child = TreeAnswer['children'][number];

const FILTER_NAMES: Readonly<Record<GroupedBy, string>> = {
  state: 'state',
  status: 'status',
  error: 'error',
  reason: 'reason',
  contentType: 'type',
  depth: 'depth',
  host: 'host',
};

export function groupsOf({ file }: UrlTable, by: GroupedBy, q: string, most: number): Group[] {
  const condition = conditionOf(q, file.hosts());
  const from = condition.hasTexts ? 'facts f JOIN texts t ON t.id = f.id' : 'facts f';
  const rows = file.db
    .prepare(
      `SELECT f.${by} AS value, count(*) AS urls, ifnull(sum(f.bytes), 0) AS bytes FROM ${from}
         WHERE ${condition.sql} GROUP BY f.${by} ORDER BY urls DESC, value LIMIT ?`,
    )
    .all(...condition.values, most) as unknown as { value: number | null; urls: number; bytes: number }[];
  const words = by === 'host' ? 'hosts' : 'words';
  const word = file.db.prepare(`SELECT word FROM ${words} WHERE id = ?`);
  const textOf = (value: number | null): string | null => {
    if (value === null) return null;
    if (by === 'state') return STATE_WORDS[value]!;
    return by === 'status' || by === 'depth' ? String(value) : (word.get(value)!['word'] as string);
  };
  return rows.map(({ value, urls, bytes }) => {
    const text = textOf(value);
    const own = text === null ? `-${FILTER_NAMES[by]}:*` : `${FILTER_NAMES[by]}:${quotedValue(text)}`;
    return { value: text, urls, bytes, q: by === 'host' && text === null ? q : `${q} ${own}`.trim() };
  });
}

function quotedValue(text: string): string {
  return /[\s"]/.test(text) ? `"${text.replaceAll('"', '')}"` : text;
}

/** The folders and files directly under a folder. Each child is found by one step in the index of URLs. */
export function childrenOf({ file }: UrlTable, path: string, most: number): { children: Child[]; isCut: boolean } {
  return path === '' ? hostsAsChildren(file.db, most) : foldersUnder(file.db, path, most);
}

type Database = UrlTable['file']['db'];

const SUMS = `count(*) AS urls, ifnull(sum(f.bytes), 0) AS bytes,
  ${STATE_WORDS.map((_, code) => `count(*) FILTER (WHERE f.state = ${code}) AS s${code}`).join(', ')},
  ${[2, 3, 4, 5].map((of) => `count(*) FILTER (WHERE f.status BETWEEN ${of}00 AND ${of}99) AS c${of}`).join(', ')}`;

type Sums = Readonly<Record<string, number>>;

function childOf(name: string, path: string, isFolder: boolean, sums: Sums): Child {
  const [queued, leased, done, failed, skipped] = [0, 1, 2, 3, 4].map((code) => sums[`s${code}`]!);
  return {
    ...{ name, path, isFolder, urls: sums['urls']!, bytes: sums['bytes']! },
    states: { queued: queued!, leased: leased!, done: done!, failed: failed!, skipped: skipped! },
    statuses: [2, 3, 4, 5].map((of) => sums[`c${of}`]!),
    q: `url:${quotedValue(path)}`,
  };
}

function hostsAsChildren(db: Database, most: number): { children: Child[]; isCut: boolean } {
  const rows = db
    .prepare(
      `SELECT (SELECT word FROM hosts WHERE id = f.host) AS host, ${SUMS} FROM facts f
         GROUP BY f.host ORDER BY urls DESC, host LIMIT ?`,
    )
    .all(most + 1) as unknown as (Sums & { readonly host: string })[];
  const children = rows.slice(0, most).map((sums) => {
    const child = childOf(sums.host, `${sums.host}/`, true, sums);
    return { ...child, q: `host:${sums.host}` };
  });
  return { children, isCut: rows.length > most };
}

function foldersUnder(db: Database, path: string, most: number): { children: Child[]; isCut: boolean } {
  const end = beyond(path);
  // A query belongs to the file that it asks.
  const rows = db
    .prepare(
      `WITH below AS (
         SELECT id, substr(url, ${[...path].length} + 1) AS rest FROM texts WHERE url >= ? AND url < ?
       ), parted AS (
         SELECT id, rest, instr(rest, '/') AS slash, instr(rest, '?') AS question FROM below
       ), named AS (
         SELECT id, CASE WHEN slash > 0 AND (question = 0 OR slash < question) THEN substr(rest, 1, slash)
           WHEN question > 0 THEN substr(rest, 1, question - 1) ELSE rest END AS name FROM parted
       )
       SELECT name, ${SUMS} FROM named JOIN facts f ON f.id = named.id GROUP BY name ORDER BY urls DESC, name LIMIT ?`,
    )
    .all(path, end, most + 1) as unknown as (Sums & { readonly name: string })[];
  const children = rows.slice(0, most).map((sums) => {
    const isFolder = sums.name.endsWith('/');
    return childOf(isFolder ? sums.name.slice(0, -1) : sums.name, path + sums.name, isFolder, sums);
  });
  return { children, isCut: rows.length > most };
}

export interface Moment {
  readonly at: number;
  readonly pages: number;
  readonly bytes: number;
  readonly failures: number;
}

export function timelineOf({ file }: UrlTable, q: string, from: number | null, to: number | null, points: number) {
  const [first, last] = spanOf(file.db);
  const [begin, end] = [from ?? first, to ?? last];
  if (begin === null || end === null || begin > end) return { from: begin, to: end, stepMs: 0, points: [] as Moment[] };
  const stepMs = Math.max(1_000, Math.ceil((end - begin + 1) / points));
  const condition = conditionOf(q, file.hosts());
  const source = condition.hasTexts ? 'facts f JOIN texts t ON t.id = f.id' : 'facts f';
  const rows = file.db
    .prepare(
      `SELECT CAST((f.fetchedAt - ?1) / ?3 AS INTEGER) AS step, count(*) AS pages, ifnull(sum(f.bytes), 0) AS bytes,
         count(*) FILTER (WHERE f.state = 3 OR f.status >= 400) AS failures
       FROM ${source} WHERE f.fetchedAt BETWEEN ?1 AND ?2 AND ${condition.sql} GROUP BY step ORDER BY step`,
    )
    .all(begin, end, stepMs, ...condition.values) as unknown as (Omit<Moment, 'at'> & { readonly step: number })[];
  const steps = Array.from({ length: Math.floor((end - begin) / stepMs) + 1 }, (_, step): Moment => {
    return { at: begin + step * stepMs, pages: 0, bytes: 0, failures: 0 };
  });
  for (const { step, ...sums } of rows) steps[step] = { ...steps[step]!, ...sums };
  return { ...{ from: begin, to: end, stepMs }, points: steps };
}

function spanOf(db: Database): [number | null, number | null] {
  const first = db.prepare('SELECT min(fetchedAt) AS at FROM facts').get()!['at'] as number | null;
  const last = db.prepare('SELECT max(fetchedAt) AS at FROM facts').get()!['at'] as number | null;
  return [first, last];
}

export function duplicatesOf({ file }: UrlTable, most: number, examples: number) {
  const groups = file.db
    .prepare(
      `SELECT digest, count(*) AS urls, max(bytes) AS bytes FROM facts WHERE digest IS NOT NULL
         GROUP BY digest HAVING urls > 1 ORDER BY urls DESC, digest`,
    )
    .all() as unknown as { digest: number; urls: number; bytes: number }[];
  const some = file.db.prepare('SELECT url FROM facts f JOIN texts t ON t.id = f.id WHERE digest = ? LIMIT ?');
  return {
    groupCount: groups.length,
    groups: groups.slice(0, most).map(({ digest, urls, bytes }) => ({
      ...{ urls, bytes },
      examples: some.all(digest, examples).map(({ url }) => url as string),
      q: `sha256:${digest.toString(16).padStart(12, '0')}`,
    })),
  };
}
