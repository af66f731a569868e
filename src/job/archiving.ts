// Opens the archive of a job as the options want it, and first repairs it if an earlier run was killed.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { addEarlierJob } from '../archive/earlier-jobs.ts';
import { createGrowingWriter } from '../archive/growing-writer.ts';
import type { Holdings } from '../archive/holdings.ts';
import { type KeptPlace, originalIn } from '../archive/known-payloads.ts';
import { noArchive } from '../archive/none.ts';
import { archivePath } from '../archive/open-file.ts';
import { type KnownFiles, type Recovered, recoverArchive, stampOf } from '../archive/recover.ts';
import { openNoPart, openPart, removeParts } from '../archive/spool.ts';
import { createWarcArchive } from '../archive/warc-archive.ts';
import type { Original } from '../archive/warc-record.ts';
import type { WriterSettings } from '../archive/warc-writer.ts';
import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type {
  Archive,
  ArchivePlace,
  Fetch,
  Ledger,
  OpenSpool,
  Outcome,
  RunFigures,
  Spooled,
  WorkerFigures,
} from '../base/contracts.ts';
import {
  ARCHIVE_ON_LOOP_MAX,
  PAYLOADS_REMEMBERED_MAX,
  REVISIT_BYTES_MIN,
  SPOOL_FILES,
  WARC_BYTES_MAX,
} from '../base/limits.ts';
import { asMachineError, troubleOf } from '../base/machine.ts';
import { heldBytesOf } from '../base/raw-body.ts';
import type { Room } from '../base/room.ts';
import { secretNames } from '../base/secrets.ts';
import type { CrawlOptions } from '../options/options.ts';
import { mayBeRead } from '../parse/parse.ts';
import { jobLocation } from '../store/location.ts';
import { type Store, writersBeside } from '../store/store.ts';
import type { Job } from './job.ts';
import type { Log } from './log.ts';
import { earlierHoldings, holdingsOf } from './open-contents.ts';

/** Keeps file names within the system's limit: a name holds more than this prefix. */
const PREFIX_LENGTH_MAX = 100;

/** `lostUrls` is how many URLs have lost their record. */
interface RecoveredJob extends Pick<Recovered, 'closed'> {
  readonly lostUrls: number;
}

/** Repairs what runs that did not end by themselves have left. */
export async function recoverJob({ folder, store }: Job, log: Log): Promise<RecoveredJob> {
  if (folder === '') return { lostUrls: 0, closed: new Set() };
  const { job, archived } = store.ledger;
  const open = (): Promise<ReadonlySet<string>> => openStamps(store);
  const known = async (): Promise<KnownFiles> => ({
    runs: store.worker === null ? await job.runs() : (await job.workers()).map(endOfWorker),
    ends: await store.archiveEnds(),
    moved: await archived.moved(),
  });
  const { cuts, lost, closed } = await recoverArchive(folder, known, open);
  if ((await open()).size === 0) await removeParts(folder);
  for (const cut of cuts) log.write('info', 'archive-cut', cut);
  const ends = lost.size === 0 ? null : await store.archiveEnds();
  for (const [file, bytes] of lost) log.write('error', 'archive-lost', { file, bytes, needed: ends?.get(file) });
  let lostUrls = 0;
  if (lost.size === 0) return { lostUrls, closed };
  for await (const rows of store.ledger.rows.all()) {
    for (const { archive } of rows) {
      const size = archive === null ? undefined : lost.get(archive.file);
      if (size !== undefined && archive!.offset + archive!.length > size) lostUrls += 1;
    }
  }
  return { lostUrls, closed };
}

function endOfWorker({ startedAt, seenAt, hasEnded }: WorkerFigures): Pick<RunFigures, 'startedAt' | 'endedAt'> {
  return { startedAt, endedAt: hasEnded ? seenAt : null };
}

/** The stamps of other workers that may be writing now. */
async function openStamps({ ledger, worker }: Store): Promise<ReadonlySet<string>> {
  return new Set(writersBeside(await ledger.job.workers(), worker).map(({ startedAt }) => stampOf(startedAt)));
}

export async function openArchive(
  options: CrawlOptions,
  { folder, store, room, openedAt }: Job,
  version: string,
  clock: Clock,
): Promise<Archive> {
  if (folder === '' || !options.archive) return noArchive;
  const settings: WriterSettings = {
    folder,
    prefix: prefixOf(folder, store.worker),
    compression: options.warcCompression,
    level: options.warcCompression === 'gzip' ? Math.min(9, options.warcLevel) : options.warcLevel,
    facts: warcFacts(options, version),
    secrets: options.archiveCredentials ? new Set() : secretNames(options.secretHeaders),
    metadata: options.archiveMetadata,
    ...(options.archivePlace === null ? {} : { fileBytesMax: fileBytesIn(options.archiveSpoolBytes) }),
    startedAt: openedAt,
  };
  // A machine with one core has nothing to gain from a thread.
  const onLoopMax = availableParallelism() > 1 ? ARCHIVE_ON_LOOP_MAX : Number.POSITIVE_INFINITY;
  return createWarcArchive(createGrowingWriter(settings, { clock, room }, onLoopMax), {
    bodyBytesMax: options.bodyBytesMax,
    earlier: await earlierPayloads(options, folder, store),
    withoutCookies: !options.archiveCredentials,
    withLinks: options.archiveMetadata,
  });
}

/** Several files fit into the room that they have until they are moved. */
function fileBytesIn(spoolBytes: number): number {
  return Math.min(WARC_BYTES_MAX, Math.ceil(spoolBytes / SPOOL_FILES));
}

/** What the names of the files that this process writes begin with. */
export function ownNames({ folder, store, openedAt }: Job): string {
  return `${prefixOf(folder, store.worker)}-${stampOf(openedAt)}-`;
}

/** Workers of one job may write into one folder. */
function prefixOf(folder: string, worker: string | null): string {
  const named = [basename(resolve(folder)) || 'job', ...(worker === null ? [] : [worker])];
  const share = Math.floor(PREFIX_LENGTH_MAX / named.length);
  return named.map((name) => name.replace(/[^\w.-]/g, '_').slice(0, share)).join('-') || 'job';
}

/**
 * The payloads that earlier runs and the job in the options have stored. Only their places are held in memory; a record
 * is read when its payload comes again.
 */
async function earlierPayloads({ revisitsOf }: CrawlOptions, folder: string, { ledger, resumed }: Store) {
  const places = new Map<string, { readonly from: Holdings; readonly place: ArchivePlace }>();
  const remember = async (from: Holdings, { archived }: Ledger): Promise<void> => {
    for await (const page of archived.payloads(REVISIT_BYTES_MIN, PAYLOADS_REMEMBERED_MAX)) {
      for (const [digest, place] of page) if (!places.has(digest)) places.set(digest, { from, place });
    }
  };
  if (resumed) await remember(holdingsOf(folder, ledger), ledger);
  if (revisitsOf !== null) {
    const earlier = await jobLocation(revisitsOf).read();
    await remember(earlierHoldings(revisitsOf), earlier);
    await earlier.close();
    addEarlierJob(folder, revisitsOf);
  }
  return (digest: string): KeptPlace | Promise<Original | null> | null => {
    const found = places.get(digest);
    if (found === undefined) return null;
    const { from, place } = found;
    if (existsSync(archivePath(from.folder, place.file))) return { folder: from.folder, place };
    // Without the earlier record the payload is kept once more.
    return from.record(place).then(
      (record) => originalIn(record, digest),
      () => null,
    );
  };
}

/**
 * What each file of the archive says about its origin, with the names of the standard where it has some (WARC 1.1,
 * section 7.2).
 */
function warcFacts(options: CrawlOptions, version: string): string[] {
  const { scope, depth, include, exclude, pageRequisites } = options;
  const agent = options.userAgent ?? `gossamer/${version}`;
  const asked = { roots: options.roots, scope, depth, include, exclude, pageRequisites };
  return [
    ...['software', `gossamer/${version}`, 'format', 'WARC File Format 1.1'],
    ...['conformsTo', 'http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/'],
    ...['robots', options.robots ? 'obey' : 'ignore', 'http-header-user-agent', agent],
    ...['options', JSON.stringify(asked)],
  ];
}

/**
 * Long bodies go to a file beside the archive, unless their links may be read. Without an archive only their digest is
 * kept.
 */
export function spooling(options: CrawlOptions, folder: string): OpenSpool {
  const isKept = folder !== '' && options.archive;
  return (contentType, beginning) => {
    if (mayBeRead(contentType, beginning, options.pageRequisites)) return null;
    return isKept ? openPart(folder) : openNoPart();
  };
}

/**
 * If the disk could not take a long body, the body counts as never received. When there is room again it is requested
 * again.
 */
export function keptBy(room: Room): (outcome: Outcome) => Outcome | Promise<Outcome> {
  const proven = async (outcome: Outcome, spooled: Spooled, failure: Error): Promise<Outcome> => {
    const detail = `a long body could not be kept: ${failure.message}`;
    try {
      if (troubleOf(failure)?.lacks == null) throw asMachineError(failure, 'a long body could not be kept');
      await room.whenThere('a long body could not be kept', spooled.prove);
    } finally {
      await spooled.drop();
    }
    const nothing = { status: 0, headers: [], responseHead: '', truncated: null, spooled: null };
    return { ...outcome, ...nothing, error: 'machine', detail };
  };
  return (outcome) => {
    const { spooled } = outcome;
    const failure = spooled?.failure ?? null;
    return spooled === null || failure === null ? outcome : proven(outcome, spooled, failure);
  };
}

/**
 * Also stores what has no row (robots.txt and sitemaps). The caller does not wait for the append, because the host's
 * state must be known before the next request. An error of the archive reaches the next caller that appends or closes
 * it.
 */
export function archivedFetch(fetch: Fetch, archive: Archive, budget: BodyBudget): Fetch {
  return async (request, signal) => {
    const outcome = await fetch(request, signal);
    const bytes = heldBytesOf(outcome);
    budget.takeOver(bytes);
    const given = (): void => budget.settle(bytes);
    archive.append(outcome, null).then(given, given);
    return outcome;
  };
}
