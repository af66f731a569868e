// The store against the archive: every row against its record, every record against its row, all digests computed again.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readHead } from '../archive/http-head.ts';
import { archiveNames } from '../archive/recover.ts';
import { ARCHIVE_FOLDER } from '../archive/warc-files.ts';
import { readWarc, type WarcRecord } from '../archive/warc-reader.ts';
import type { EarlierRecord, Ledger, Row } from '../base/contracts.ts';
import { FAULTS_LISTED_MAX } from '../base/limits.ts';

/** What `verify --json` prints. */
export interface Verdict {
  readonly files: number;
  readonly records: number;
  /** Block and payload digests that were computed again. */
  readonly digests: number;
  readonly rows: number;
  /** Rows that point to a record, and rows with a response that point to none: of a run without an archive. */
  readonly archived: number;
  readonly unarchived: number;
  readonly faultCount: number;
  /** The first hundred. */
  readonly faults: readonly Fault[];
}

export interface Fault {
  readonly what: string;
  readonly url: string | null;
  readonly file: string | null;
  readonly offset: number | null;
}

/** What the archive has for a row: enough to compare. */
interface Kept {
  readonly url: string;
  readonly status: number;
  readonly payload: string | null;
  readonly length: number;
  hasRow: boolean;
}

const KEPT_TYPES = ['response', 'revisit'];

export function verify(folder: string, ledger: Ledger): Verdict {
  const faults: Fault[] = [];
  let faultCount = 0;
  const fault = (what: string, url: string | null, file: string | null, offset: number | null): void => {
    faultCount += 1;
    if (faults.length < FAULTS_LISTED_MAX) faults.push({ what, url, file, offset });
  };
  const kept = new Map<string, Kept>();
  const counts = { files: 0, records: 0, digests: 0, rows: 0, archived: 0, unarchived: 0 };

  for (const name of archiveNames(folder)) {
    const file = `${ARCHIVE_FOLDER}/${name}`;
    counts.files += 1;
    for (const found of readWarc(join(folder, file))) {
      if ('damage' in found) {
        fault(found.damage, null, file, found.offset);
        continue;
      }
      counts.records += 1;
      const url = found.fields.get('warc-target-uri') ?? null;
      for (const wrong of wrongDigests(found)) fault(wrong, url, file, found.offset);
      counts.digests += DIGESTS.filter((digest) => found.fields.has(digest)).length;
      if (KEPT_TYPES.includes(found.fields.get('warc-type') ?? '')) kept.set(`${file} ${found.offset}`, keptOf(found));
    }
  }
  const placed = new Set<string>();
  for (const row of ledger.rows()) {
    counts.rows += 1;
    if (row.archive === null) {
      if (row.status !== null && row.status > 0) counts.unarchived += 1;
      continue;
    }
    counts.archived += 1;
    placed.add(row.url);
    const record = kept.get(`${row.archive.file} ${row.archive.offset}`);
    const wrong = record === undefined ? 'the row points to no record' : disagreement(row, record);
    if (wrong !== null) fault(wrong, row.url, row.archive.file, row.archive.offset);
    if (record !== undefined) record.hasRow = true;
  }
  for (const earlier of ledger.earlierRecords()) {
    const { url, archive } = earlier;
    const record = kept.get(`${archive.file} ${archive.offset}`);
    const wrong = record === undefined ? 'an earlier record of the row is not there' : disagreement(earlier, record);
    if (wrong !== null) fault(wrong, url, archive.file, archive.offset);
    if (record !== undefined) record.hasRow = true;
  }
  for (const [place, { url, hasRow }] of kept) {
    // robots.txt, sitemaps and other forms of a URL are no rows of their own.
    if (hasRow || !placed.has(url) || /\/(robots\.txt|sitemap\.xml)$/.test(url)) continue;
    const [file, offset] = place.split(' ');
    fault('a second record, to which its row does not point', url, file!, Number(offset));
  }
  return { ...counts, faultCount, faults };
}

const DIGESTS = ['warc-block-digest', 'warc-payload-digest'];

function wrongDigests({ fields, block }: WarcRecord): string[] {
  const wrong: string[] = [];
  if (!agrees(fields.get('warc-block-digest'), block)) wrong.push('its block is not what its digest says');
  // A revisit has the digest of what it refers to, and no payload.
  if (
    fields.get('warc-type') === 'response' &&
    !agrees(fields.get('warc-payload-digest'), block.subarray(readHead(block).end))
  ) {
    wrong.push('its payload is not what its digest says');
  }
  return wrong;
}

/** Digests of other kinds than ours are left alone. */
function agrees(digest: string | undefined, bytes: Buffer): boolean {
  const expected = /^sha256:([0-9a-f]{64})$/i.exec(digest ?? '')?.[1];
  return expected === undefined || createHash('sha256').update(bytes).digest('hex') === expected.toLowerCase();
}

function keptOf({ fields, block, length }: WarcRecord): Kept {
  return {
    url: fields.get('warc-target-uri') ?? '',
    status: readHead(block).status,
    payload: fields.get('warc-payload-digest')?.replace(/^sha256:/, '') ?? null,
    length,
    hasRow: false,
  };
}

function disagreement({ url, status, sha256, archive }: Row | EarlierRecord, record: Kept): string | null {
  if (record.length !== archive!.length)
    return `the record has ${record.length} bytes, its row says ${archive!.length}`;
  if (record.status !== status) return `the record has status ${record.status}, its row ${status}`;
  if (sha256 !== null && record.payload !== sha256) return 'the record has another payload than its row';
  // The same URL in another form may have been asked for at once: /%7Eu for /~u.
  return sameHost(record.url, url) ? null : `the record is of ${record.url}`;
}

function sameHost(one: string, other: string): boolean {
  return URL.parse(one)?.host === URL.parse(other)?.host;
}
