// Removes records from an archive that no process writes to. All other records stay where they are. If a revisit refers
// to a removed record, its payload is first written to a new record. A file that is outside of the job's folder is
// copied there, and the copy takes its place.

import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Content, Contents } from '../base/contents.ts';
import type { ArchivePlace } from '../base/contracts.ts';
import { JobError } from '../base/errors.ts';
import { WARC_BYTES_MAX } from '../base/limits.ts';
import { removeFile } from '../base/remove.ts';
import { NO_PATIENCE } from '../base/room.ts';
import { type Compression, createCompressor } from './compress.ts';
import type { Depot } from './depot/depot.ts';
import { piecesOf } from './depot/window.ts';
import { assertOwnFolders, folderIn, writeAll } from './folder.ts';
import type { Holdings } from './holdings.ts';
import { readHead } from './http-head.ts';
import { INDEX_FOLDER, makeIndex, removeIndex, removeUnfinished } from './indexes.ts';
import { archivePath } from './open-file.ts';
import { strangeNames } from './recover.ts';
import { PART_SUFFIX } from './spool.ts';
import { tombstone } from './tombstone.ts';
import { ARCHIVE_FOLDER, createWarcFiles } from './warc-files.ts';
import type { WarcRecord } from './warc-reader.ts';
import { exchangeRecords, type RecordedExchange, warcinfoRecord } from './warc-record.ts';

export interface Targets {
  /** All records of the URL, for example requests and responses. */
  readonly records: readonly ArchivePlace[];
  /** Revisits of other URLs that refer to one of these records. */
  readonly dependents: readonly ArchivePlace[];
}

/** Reads the whole archive and skips damaged parts. Throws JobError for what is not a file. */
export async function findTargets(holdings: Holdings, isMeant: (url: string) => boolean): Promise<Targets> {
  const records: ArchivePlace[] = [];
  const revisits: (readonly [place: ArchivePlace, refersTo: string])[] = [];
  const ids = new Set<string>();
  assertFiles(holdings.folder);
  for (const file of await holdings.files()) {
    for await (const found of holdings.records(file)) {
      if ('damage' in found) continue;
      const { fields, offset, length } = found;
      const place = { file, offset, length };
      const refersTo = fields.get('warc-refers-to');
      if (isMeant(fields.get('warc-target-uri') ?? '')) {
        records.push(place);
        ids.add(fields.get('warc-record-id') ?? '');
      } else if (refersTo !== undefined) revisits.push([place, refersTo]);
    }
  }
  return { records, dependents: revisits.filter(([, refersTo]) => ids.has(refersTo)).map(([place]) => place) };
}

/** What is behind a link is not ours to change, and it would be wrong to say that it was removed. */
function assertFiles(folder: string): void {
  assertOwnFolders(folder, [ARCHIVE_FOLDER, INDEX_FOLDER]);
  const [name] = strangeNames(folder);
  if (name === undefined) return;
  const path = join(folder, ARCHIVE_FOLDER, name);
  throw new JobError('unreadable', `${path} is not a regular file, so nothing was removed: put the file itself there.`);
}

/**
 * Writes each revisit again, with its payload, to a new file of the archive. Returns the new places in the same order.
 */
export async function giveOwnPayloads(
  holdings: Holdings,
  revisits: readonly ArchivePlace[],
  contents: Contents,
  clock: Clock,
): Promise<ArchivePlace[]> {
  if (revisits.length === 0) return [];
  const { folder } = holdings;
  const first = basename(revisits[0]!.file);
  const stamp = new Date(clock.wall()).toISOString().replace(/\D/g, '');
  const compress = createCompressor(compressionOf(first), 3);
  let serial = 0;
  const files = createWarcFiles({
    ...{ folder, fileBytesMax: WARC_BYTES_MAX, room: NO_PATIENCE },
    nextName() {
      serial += 1;
      return first.replace(/\d{17}-\d{5}(?=\.warc)/, `${stamp}-${String(serial).padStart(5, '0')}`);
    },
    onClosed: (file) => makeIndex(folder, file),
    preamble: (name) => compress(warcinfoRecord(name, clock.wall(), ['description', 'payloads that a takedown moved'])),
  });
  const places: ArchivePlace[] = [];
  try {
    for (const place of revisits) {
      const content = await contents.of({ archive: place });
      if (content === null || 'damage' in content)
        throw new Error(`${place.file} at ${place.offset}: ${content?.damage}`);
      places.push(await files.append([compress(whole(await holdings.record(place), content))]));
    }
    return places;
  } finally {
    await files.close();
  }
}

/** Overwrites the records with tombstones and rebuilds the indexes of their files. */
export async function bury(holdings: Holdings, records: readonly ArchivePlace[], at: number): Promise<void> {
  const { folder } = holdings;
  // They may name what is removed.
  removeUnfinished(folder);
  for (const file of new Set(records.map((record) => record.file))) {
    removeIndex(folder, file);
    const own = records.filter((record) => record.file === file);
    const depot = await holdings.depotOf(file);
    if (depot === null) {
      buryAt(archivePath(folder, file), own, at);
      await makeIndex(folder, file);
    } else await buryThere(folder, file, depot, own, at);
  }
}

async function buryThere(
  folder: string,
  file: string,
  depot: Depot,
  records: readonly ArchivePlace[],
  at: number,
): Promise<void> {
  const name = basename(file);
  const path = join(folderIn(folder, ARCHIVE_FOLDER), `${name}${PART_SUFFIX}`);
  const there = await depot.open(name);
  try {
    removeFile(path);
    const copy = await open(path, 'wx');
    try {
      for await (const piece of piecesOf(there, there.bytes)) await copy.writeFile(piece);
    } finally {
      await copy.close();
    }
    buryAt(path, records, at);
    await depot.replace({ name, path }, there.tag);
    await makeIndex(folder, file, path);
  } finally {
    removeFile(path);
  }
}

function buryAt(path: string, records: readonly ArchivePlace[], at: number): void {
  const handle = openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    for (const { file, offset, length } of records) writeAll(handle, tombstone(file, length, at), offset);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function whole(revisit: WarcRecord, { url, date, rawBody }: Content): Buffer {
  const { end } = readHead(revisit.block);
  const exchange: RecordedExchange = {
    url,
    requestHead: '',
    responseHead: revisit.block.toString('latin1', 0, end),
    remoteAddress: revisit.fields.get('warc-ip-address') ?? '',
    protocol: revisit.fields.get('warc-protocol') ?? '',
    startedAt: Date.parse(date),
    bodyBytes: rawBody.length,
    payloadDigest: (revisit.fields.get('warc-payload-digest') ?? '').replace(/^sha256:/, ''),
    cut: null,
  };
  const body = { bytes: rawBody, blockDigest: '', original: null };
  return exchangeRecords(exchange, body, (head) => head).response as Buffer;
}

function compressionOf(name: string): Compression {
  if (name.endsWith('.gz')) return 'gzip';
  return name.endsWith('.zst') ? 'zstd' : 'none';
}
