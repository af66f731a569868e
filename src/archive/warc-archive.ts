// The archive of a crawl: what was sent and what came, as WARC files that other people's software reads. It owns the files and the
// memory of what was kept before.

import { hash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Archive, Outcome } from '../base/contracts.ts';
import { DISK_FULL_PATIENCE_MS, PAYLOADS_REMEMBERED_MAX, REVISIT_BYTES_MIN, WARC_BYTES_MAX } from '../base/limits.ts';
import { type Compression, createCompressor } from './compress.ts';
import { createWarcFiles } from './warc-files.ts';
import { exchangeRecords, type Original, warcinfoRecord, withoutCredentials } from './warc-record.ts';

export interface WarcArchiveOptions {
  /** The job's folder. */
  readonly folder: string;
  /** What the files' names begin with. */
  readonly prefix: string;
  readonly compression: Compression;
  readonly level: number;
  /** Names and values for each file's warcinfo. */
  readonly facts: readonly string[];
  /** A body of that length was cut by us. */
  readonly bodyBytesMax: number;
  /** Keep what the user gave to be let in: Authorization and Cookie. */
  readonly keepCredentials: boolean;
  /** Of one file; a gigabyte by default. */
  readonly fileBytesMax?: number;
  readonly clock: Clock;
  readonly onFull: (isFull: boolean) => void;
}

const SUFFIX: Readonly<Record<Compression, string>> = { gzip: '.warc.gz', zstd: '.warc.zst', none: '.warc' };

export function createWarcArchive(options: WarcArchiveOptions): Archive {
  const { clock, compression } = options;
  const compress = createCompressor(compression, options.level);
  const redact = options.keepCredentials ? (head: string): string => head : withoutCredentials;
  const payloads = new Map<string, Original>();
  const startedAt = new Date(clock.now()).toISOString().replace(/\D/g, '');
  let serial = 0;

  const files = createWarcFiles({
    folder: options.folder,
    fileBytesMax: options.fileBytesMax ?? WARC_BYTES_MAX,
    fullPatienceMs: DISK_FULL_PATIENCE_MS,
    clock,
    onFull: options.onFull,
    nextName() {
      serial += 1;
      return `${options.prefix}-${startedAt}-${String(serial).padStart(5, '0')}${SUFFIX[compression]}`;
    },
    preamble: (name) => compress(warcinfoRecord(name, clock.now(), options.facts)),
  });

  /** The record that has this payload already; null where it is new, which is then remembered by `written`. */
  const known = (digest: string, length: number): Original | null => {
    return length < REVISIT_BYTES_MIN ? null : (payloads.get(digest) ?? null);
  };

  return {
    async append(outcome, sha256) {
      // Where nothing came there is nothing to keep.
      if (outcome.responseHead === '') return null;
      const digest = sha256 ?? hash('sha256', outcome.rawBody, 'buffer');
      const payloadDigest = Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex');
      const cut = cutOf(outcome, options.bodyBytesMax);
      const original = cut === null ? known(payloadDigest, outcome.rawBody.length) : null;
      const { request, response, written } = exchangeRecords({ outcome, payloadDigest, cut, original }, redact);
      if (cut === null && original === null && outcome.rawBody.length >= REVISIT_BYTES_MIN) {
        if (payloads.size >= PAYLOADS_REMEMBERED_MAX) payloads.clear();
        payloads.set(payloadDigest, written);
      }
      return files.append([compress(request), compress(response)]);
    },
    flush: files.flush,
    close: files.close,
  };
}

/** Why the body is not whole. Damage to its content coding is told as a cut too, and there the bytes are all there. */
export function cutOf({ truncated, error, rawBody }: Outcome, bodyBytesMax: number): Outcome['truncated'] {
  if (truncated === 'disconnect') return error === null ? null : truncated;
  if (truncated === 'length') return rawBody.length >= bodyBytesMax ? truncated : null;
  return truncated;
}
