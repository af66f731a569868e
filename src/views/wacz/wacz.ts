// A job as one WACZ file (version 1.1.1): its WARC files unchanged, an index, a list of its pages, and a package file
// with the digests of all of them. Replay tools open it from a disk or any web server.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Holdings } from '../../archive/holdings.ts';
import { hasIndex, indexFault, indexLines, indexPlace, merged } from '../../archive/indexes.ts';
import { systemClock } from '../../base/clock.ts';
import type { Contents } from '../../base/contents.ts';
import type { Ledger, Row } from '../../base/contracts.ts';
import { EXPORT_CHUNK_LENGTH } from '../../base/limits.ts';
import { createPauses } from '../../base/pauses.ts';
import { isTextPage } from '../../parse/page-kind.ts';
import { documents, type Lacks, noDamages, noteDamage } from '../documents.ts';
import { isoTime } from '../tables/record.ts';
import { nothingUnwritten, soundRow } from '../unwritten.ts';
import { gzipMembers } from './gzip-members.ts';
import { zipNum } from './zip-num.ts';

export interface WaczOptions {
  readonly holdings: Holdings;
  /** The software that writes the file, with its version. */
  readonly software: string;
  /** Wall milliseconds. */
  readonly now: number;
}

export interface WaczSummary extends Lacks {
  readonly pages: number;
}

interface Resource {
  readonly name: string;
  readonly path: string;
  readonly hash: string;
  readonly bytes: number;
}

/** An archive file, up to the last record that a row points to. */
interface Part {
  readonly file: string;
  readonly end: number;
  /**
   * Its index names what is copied. Not so of a file that was not closed when the export began, whose index may come
   * meanwhile, nor of one that is shorter than its rows say.
   */
  readonly isIndexed: boolean;
}

/** Writes the file to `out`, no faster than `out` takes it, and leaves `out` open. */
export async function exportWacz(
  ledger: Ledger,
  contents: Contents,
  options: WaczOptions,
  out: Writable,
): Promise<WaczSummary> {
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, out, { end: false });
  const [summary] = await Promise.all([fill(zip, ledger, contents, options), written]);
  return summary;
}

async function fill(zip: ZipFile, ledger: Ledger, contents: Contents, options: WaczOptions): Promise<WaczSummary> {
  const { holdings, now } = options;
  const resources: Resource[] = [];
  const mtime = new Date(now);
  const summary = { pages: 0, damages: noDamages(), unwritten: nothingUnwritten() };
  const pause = createPauses(systemClock);
  /** Adds one entry at a time, because the last entry but one contains the digests of all others. */
  const add = async (path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> => {
    const digest = createHash('sha256');
    let bytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        digest.update(chunk);
        bytes += chunk.length;
        yield chunk;
        await pause();
      }
    }
    const entry = Readable.from(counted(), { objectMode: false });
    // Stored without compression: WARC files are compressed already, and readers fetch parts of them.
    zip.addReadStream(entry, path, { compress: false, mtime });
    await new Promise<void>((resolve, reject) => void entry.on('end', resolve).on('error', reject));
    resources.push({ name: basename(path), path, hash: `sha256:${digest.digest('hex')}`, bytes });
  };

  const sources: Iterator<string>[] = [];
  for (const { file, end, isIndexed } of await partsOf(holdings, ledger)) {
    if (file.endsWith('.gz')) {
      await add(file, holdings.bytes(file, end));
      const damage = isIndexed ? await indexFault(holdings.folder, file, systemClock.turn) : null;
      if (damage !== null) noteDamage(summary.damages, { file: indexPlace(file), offset: 0, damage }, { url: '' });
      sources.push(await indexLines(holdings, file, end, !isIndexed || damage !== null));
    } else {
      const { name, chunks, lines } = gzipMembers(holdings, file, end);
      await add(name, chunks);
      sources.push(lines());
    }
  }
  const { members, index } = zipNum(merged(sources), 'index.cdx.gz');
  await add('indexes/index.cdx.gz', members);
  await add('indexes/index.idx', [Buffer.from(index())]);
  await add('pages/pages.jsonl', pageLines(ledger, contents, summary));
  const described = Buffer.from(JSON.stringify(await packageOf(ledger, options, resources), null, 2));
  await add('datapackage.json', [described]);
  const digest = { path: 'datapackage.json', hash: resources.at(-1)!.hash };
  await add('datapackage-digest.json', [Buffer.from(JSON.stringify(digest, null, 2))]);
  zip.end();
  return summary;
}

/**
 * The files of the archive. If a file is being written, or its run was killed, only the records that rows point to are
 * known to be complete.
 */
async function partsOf(holdings: Holdings, { archived }: Ledger): Promise<Part[]> {
  const ends = await archived.ends();
  const parts: Part[] = [];
  for (const file of await holdings.files()) {
    // A run may close the file meanwhile: once it has an index, its size does not change any more.
    const isWhole = hasIndex(holdings.folder, file) || (await holdings.isMoved(file));
    const size = await holdings.sizeOf(file);
    const end = ends.get(file) ?? 0;
    parts.push({ file, end: isWhole ? size : Math.min(end, size), isIndexed: isWhole && size >= end });
  }
  return parts.filter(({ end }) => end > 0);
}

/** Reads every record that a row points to. An unreadable record is reported and is not listed as a page. */
async function* pageLines(
  ledger: Ledger,
  contents: Contents,
  summary: Lacks & { pages: number },
): AsyncGenerator<Buffer> {
  let chunk = `${JSON.stringify({ format: 'json-pages-1.0', id: 'pages', title: 'All pages' })}\n`;
  for await (const { row } of documents(ledger, contents, () => true, summary)) {
    if (!isPage(row)) continue;
    summary.pages += 1;
    const seed = row.depth === 0 && row.referrer === null ? { seed: true } : {};
    const page = { id: String(row.id), url: row.url, ts: isoTime(row.fetchedAt), title: row.title ?? '', ...seed };
    chunk += `${JSON.stringify(page)}\n`;
    if (chunk.length < EXPORT_CHUNK_LENGTH) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk);
}

function isPage(row: Row): boolean {
  return row.state === 'done' && row.status === 200 && isTextPage(row);
}

async function packageOf(ledger: Ledger, { software, now }: WaczOptions, resources: readonly Resource[]) {
  const root = (await ledger.job.identity()).roots[0]!;
  const first = await soundRow(ledger.rows, root);
  return {
    profile: 'data-package',
    wacz_version: '1.1.1',
    title: first?.title ?? root,
    software,
    created: isoTime(now),
    mainPageUrl: root,
    mainPageDate: isoTime(first?.fetchedAt ?? null) ?? isoTime(now),
    resources: [...resources],
  };
}
