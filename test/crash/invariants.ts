// What must hold after any fault (docs/reliability.md), written from what is promised and checked with readers of its
// own. Each check gives complaints; an empty list is a pass.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page, Pages } from './pages.ts';
import type { Stored, StoredRow } from './rows.ts';
import type { SiteRequest } from './site.ts';
import { sha256, type WarcFile, type WarcRecord } from './warc.ts';
import type { Written } from './written.ts';

export type Harm =
  | 'lost'
  | 'torn'
  | 'double'
  | 'false alarm'
  | 'exit code'
  | 'silent'
  | 'pace'
  | 'two at once'
  | 'late commit'
  | 'view';

export interface Complaint {
  readonly harm: Harm;
  readonly what: string;
}

/** What the site has, and what of it a crawl with these options must find. */
export interface Truth {
  readonly root: string;
  readonly pages: Pages;
  readonly written: Written;
}

const isAside = (url: string): boolean => /\/(robots\.txt|sitemap\.xml)$/.test(url);
const isAnswer = ({ type }: WarcRecord): boolean => type === 'response' || type === 'revisit';

/** Holds at every moment, also before a recovery: each row is true, and its record is there and whole. */
export function checkRows({ root, pages, written }: Truth, stored: Stored, archive: readonly WarcFile[]): Complaint[] {
  const found: Complaint[] = stored.wrong.map((what) => ({ harm: 'lost', what }));
  const records = new Map(archive.flatMap(({ records }) => records).map((record) => [placeOf(record), record]));
  const ids = new Map([...records.values()].map((record) => [record.fields.get('warc-record-id') ?? '', record]));
  const lost = (what: string): void => void found.push({ harm: 'lost', what });
  for (const row of stored.rows) {
    const page = row.url.startsWith(root) ? pages.all.get(row.url.slice(root.length)) : undefined;
    if (row.state === 'failed') lost(`${row.url} failed with error ${row.error}`);
    if (row.state !== 'done') continue;
    if (page === undefined) {
      lost(`${row.url} is done, and the site has no such page`);
      continue;
    }
    if (row.status !== page.status || row.truncated !== null)
      lost(`${row.url} is done with status ${row.status}, cut ${row.truncated}`);
    if (row.sha256 !== sha256(page.body)) lost(`${row.url} has the digest of something else`);
    if (!written.archive) continue;
    const record = row.file === null ? undefined : records.get(`${row.file} ${row.offset}`);
    const wrong = record === undefined ? 'no whole record where its row points' : disagreement(row, page, record, ids);
    if (wrong !== null) lost(`${row.url}: ${wrong} (${row.file} at ${row.offset})`);
  }
  return found;
}

function disagreement(
  row: StoredRow,
  page: Page,
  record: WarcRecord,
  ids: ReadonlyMap<string, WarcRecord>,
): string | null {
  if (record.url !== row.url) return `the record is of ${record.url}`;
  if (record.length !== row.length) return `the record has ${record.length} bytes and not ${row.length}`;
  if (record.status !== page.status) return `the record has status ${record.status}`;
  if (record.digest !== sha256(page.body)) return 'the record has another digest than what the site sent';
  if (record.type === 'response')
    return record.payload.equals(page.body) ? null : 'the record has other bytes than the site sent';
  if (record.type !== 'revisit') return `the record is a ${record.type}`;
  const original = ids.get(record.fields.get('warc-refers-to') ?? '');
  return original?.type === 'response' && original.digest === record.digest ? null : 'the record refers to no record';
}

/** What was settled stays as it was. */
export function checkKept(before: Stored | null, now: Stored | null): Complaint[] {
  const rows = new Map((now?.rows ?? []).map((row) => [row.url, row]));
  const settled = (before?.rows ?? []).filter(({ state }) => state === 'done' || state === 'failed');
  return settled
    .filter((row) => JSON.stringify(row) !== JSON.stringify(rows.get(row.url)))
    .map((row) => ({
      harm: 'lost',
      what: `${row.url} was settled and has changed: ${JSON.stringify(rows.get(row.url))}`,
    }));
}

/** Holds for files that a recovery has seen: nothing is torn, and each record belongs to a row. */
export function checkFiles(stored: Stored | null, files: readonly WarcFile[], all: readonly WarcFile[]): Complaint[] {
  const found: Complaint[] = [];
  const placed = new Map((stored?.rows ?? []).map(({ url, file, offset }) => [url, `${file} ${offset}`]));
  const requests = new Set(
    all
      .flatMap(({ records }) => records)
      .filter(({ type }) => type === 'request')
      .map(idOf),
  );
  for (const { file, records, torn } of files) {
    if (torn !== null) found.push({ harm: 'torn', what: `${file} at ${torn.offset}: ${torn.why}` });
    const answers = records.filter(isAnswer);
    for (const record of answers) {
      const request = record.fields.get('warc-concurrent-to') ?? '';
      if (!requests.has(request))
        found.push({ harm: 'torn', what: `${placeOf(record)}: ${record.url} has no request` });
      if (isAside(record.url) || placed.get(record.url) === placeOf(record)) continue;
      if (stored?.refused?.has(placeOf(record))) continue;
      const harm = placed.get(record.url)?.startsWith('null') === false ? 'double' : 'torn';
      found.push({ harm, what: `${placeOf(record)}: ${record.url} has no row that points here` });
    }
    const asked = records.filter(({ type }) => type === 'request').length;
    if (asked !== answers.length)
      found.push({ harm: 'torn', what: `${file}: ${asked} requests, ${answers.length} responses` });
  }
  return found;
}

/** Each index says what its file has. */
export function checkIndexes(job: string, archive: readonly WarcFile[]): Complaint[] {
  const folder = join(job, 'indexes');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.cdxj')) : [];
  return names.flatMap((name): Complaint[] => {
    const file = archive.find((each) => `${basename(each.file)}.cdxj` === name);
    if (file === undefined) return [{ harm: 'view', what: `indexes/${name} is of no file` }];
    const listed = readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).map(indexed).sort();
    const there = file.records
      .filter(isAnswer)
      .map(({ url, offset, length, digest }) => `${url} ${offset} ${length} ${digest}`);
    return listed.join() === there.sort().join()
      ? []
      : [{ harm: 'view', what: `indexes/${name} has ${listed.length} lines for ${there.length} records` }];
  });
}

/** Holds at the end: what was found is what an undisturbed run finds. */
export function checkSet({ root, pages, written }: Truth, stored: Stored): Complaint[] {
  const expected = expectedPaths(pages, written);
  const rows = new Map(stored.rows.map((row) => [row.url, row]));
  const found: Complaint[] = [];
  for (const path of expected) {
    const state = rows.get(`${root}${path}`)?.state;
    if (state !== 'done') found.push({ harm: 'lost', what: `${path} is ${state ?? 'not there'}` });
  }
  for (const path of pages.forbidden) {
    const state = rows.get(`${root}${path}`)?.state;
    if (state !== 'skipped') found.push({ harm: 'lost', what: `${path} is ${state ?? 'not there'} and not skipped` });
  }
  const done = stored.rows.filter(({ state }) => state === 'done').length;
  if (done !== expected.length)
    found.push({ harm: 'double', what: `${done} are done, the site has ${expected.length}` });
  return found;
}

export function expectedPaths(pages: Pages, { requisites }: Written): string[] {
  return [...pages.all].filter(([, { foundBy }]) => requisites || foundBy !== 'requisite').map(([path]) => path);
}

export interface OnTheWire {
  readonly complaints: readonly Complaint[];
  /** Requests for what had been answered before. */
  readonly repeats: number;
}

/** Each page stands in the site's log, and again at most so often: what was in flight when a run ended early. */
export function checkWire({ pages, written }: Truth, log: readonly SiteRequest[], repeatsMax: number): OnTheWire {
  const answered = new Map<string, number>();
  for (const { kind, path } of log) {
    if (kind === 'page') answered.set(path, (answered.get(path) ?? 0) + 1);
    if (kind === 'cut') answered.set(path, (answered.get(path) ?? 0) - 1);
  }
  const complaints: Complaint[] = [];
  for (const path of expectedPaths(pages, written)) {
    if ((answered.get(path) ?? 0) < 1) complaints.push({ harm: 'lost', what: `${path} was never asked` });
  }
  for (const { kind, path } of log) {
    if (kind === 'page' && !pages.all.has(path))
      complaints.push({ harm: 'double', what: `${path} was asked and is not to be` });
  }
  const repeats = [...answered.values()].reduce((sum, times) => sum + Math.max(0, times - 1), 0);
  if (repeats > repeatsMax)
    complaints.push({ harm: 'double', what: `${repeats} were asked again, ${repeatsMax} may be` });
  return { complaints, repeats };
}

function placeOf({ file, offset }: WarcRecord): string {
  return `${file} ${offset}`;
}

function idOf({ fields }: WarcRecord): string {
  return fields.get('warc-record-id') ?? '';
}

function indexed(line: string): string {
  try {
    const { url, offset, length, digest } = JSON.parse(line.slice(line.indexOf('{'))) as Record<string, string>;
    return `${url} ${offset} ${length} ${digest?.replace(/^sha256:/, '')}`;
  } catch {
    return `torn: ${line}`;
  }
}
