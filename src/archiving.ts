// The archive of a job as its options want it, put in order first where an earlier run was killed.

import { basename, join, resolve } from 'node:path';
import { addEarlierJob } from './archive/earlier-jobs.ts';
import { type KeptPlace, originalAt } from './archive/known-payloads.ts';
import { noArchive } from './archive/none.ts';
import { recoverArchive } from './archive/recover.ts';
import { openNoPart, openPart, removeParts } from './archive/spool.ts';
import { createWarcArchive } from './archive/warc-archive.ts';
import type { Original } from './archive/warc-record.ts';
import type { Clock } from './base/clock.ts';
import type { Archive, Fetch, Ledger, OpenSpool } from './base/contracts.ts';
import { DISK_FULL_PATIENCE_MS, PAYLOADS_REMEMBERED_MAX, REVISIT_BYTES_MIN } from './base/limits.ts';
import { secretNames } from './base/secrets.ts';
import type { Job } from './job.ts';
import type { Log } from './log.ts';
import type { CrawlOptions } from './options.ts';
import { mayBeRead } from './parse/parse.ts';
import { openLedger, type Store } from './store/store.ts';

const STORE_FILE = 'gossamer.db';

/** What runs that did not end by themselves wrote and did not commit is cut off first. */
export async function openArchive(
  options: CrawlOptions,
  { folder, store }: Job,
  version: string,
  log: Log,
  clock: Clock,
  onFull: (isFull: boolean) => void,
): Promise<Archive> {
  if (folder !== '') {
    const since = Math.max(0, ...store.ledger.runs().map(({ endedAt }) => endedAt ?? 0));
    const cuts = await recoverArchive(folder, since, () => new Map(store.ledger.archiveEnds()));
    await removeParts(folder);
    for (const cut of cuts) log.write('info', 'archive-cut', cut);
  }
  if (folder === '' || !options.archive) return noArchive;
  return createWarcArchive({
    folder,
    prefix: basename(resolve(folder)).replace(/[^\w.-]/g, '_') || 'job',
    compression: options.warcCompression,
    level: options.warcCompression === 'gzip' ? Math.min(9, options.warcLevel) : options.warcLevel,
    facts: warcFacts(options, version),
    bodyBytesMax: options.bodyBytesMax,
    secrets: options.archiveCredentials ? new Set() : secretNames(options.secretHeaders),
    metadata: options.archiveMetadata,
    earlier: earlierPayloads(options, folder, store),
    clock,
    onFull,
  });
}

/** What earlier runs have kept, and the job that the options name. Only places are held; a record is read when its payload comes again. */
function earlierPayloads({ revisitsOf }: CrawlOptions, folder: string, { ledger, resumed }: Store) {
  const places = new Map<string, KeptPlace>();
  const remember = (from: string, { payloads }: Ledger): void => {
    for (const [digest, place] of payloads(REVISIT_BYTES_MIN, PAYLOADS_REMEMBERED_MAX)) {
      if (!places.has(digest)) places.set(digest, { folder: from, place });
    }
  };
  if (resumed) remember(folder, ledger);
  if (revisitsOf !== null) {
    const earlier = openLedger(join(revisitsOf, STORE_FILE));
    remember(revisitsOf, earlier);
    earlier.close();
    addEarlierJob(folder, revisitsOf);
  }
  return (digest: string): Original | null => {
    const kept = places.get(digest);
    return kept === undefined ? null : originalAt(kept, digest);
  };
}

/** What each file of the archive says of how it came to be; the standard's words where it has some (WARC 1.1, section 7.2). */
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

/** Whether the archive waits for room on its disk. */
export function watchDisk(log: Log, clock: Clock) {
  let until = 0;
  return {
    onFull(isFull: boolean): void {
      log.write('warn', isFull ? 'disk-full' : 'disk-has-room', {});
      until = isFull ? clock.now() + DISK_FULL_PATIENCE_MS : 0;
    },
    waitingFor: () =>
      until === 0 ? null : { host: 'room on the disk', until, why: 'the archive could not be written' },
  };
}

/** Long bodies go to a file beside the archive, unless they may be read; without an archive nothing of them is kept. */
export function spooling(options: CrawlOptions, folder: string): OpenSpool {
  const isKept = folder !== '' && options.archive;
  return (contentType, beginning) => {
    if (mayBeRead(contentType, beginning, options.pageRequisites)) return null;
    return isKept ? openPart(folder) : openNoPart();
  };
}

/** What is fetched beside the rows is kept too. */
export function archivedFetch(fetch: Fetch, archive: Archive): Fetch {
  return async (request, signal) => {
    const outcome = await fetch(request, signal);
    await archive.append(outcome, null);
    return outcome;
  };
}
