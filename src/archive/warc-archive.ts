// The archive of a crawl: all requests and responses, as WARC files that other software can read. It owns the files and
// remembers which payloads it has stored.

import { createHash, hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Archive, ArchivePlace, Link, Outcome } from '../base/contracts.ts';
import { headerOf } from '../base/headers.ts';
import {
  BODY_IN_MEMORY_BYTES_MAX,
  COMPRESS_SYNC_BYTES_MAX,
  PAYLOADS_REMEMBERED_MAX,
  REVISIT_BYTES_MIN,
  SPOOL_READ_BYTES,
  WARC_BYTES_MAX,
} from '../base/limits.ts';
import { asMachineError } from '../base/machine.ts';
import { rawBodyBytes } from '../base/raw-body.ts';
import type { Room } from '../base/room.ts';
import { type Compression, createCompressor, createStreamCompressor } from './compress.ts';
import { createIndexWriter } from './indexes.ts';
import { isPacked } from './packed.ts';
import { stampOf } from './recover.ts';
import { createWarcFiles } from './warc-files.ts';
import {
  dnsRecord,
  exchangeRecords,
  isName,
  type LongRecord,
  type Original,
  outlinksRecord,
  storedHead,
  warcinfoRecord,
  withoutSecrets,
} from './warc-record.ts';

export interface WarcArchiveOptions {
  /** The job's folder. */
  readonly folder: string;
  /** The beginning of each file name. */
  readonly prefix: string;
  readonly compression: Compression;
  readonly level: number;
  /** Names and values for the warcinfo record of each file. */
  readonly facts: readonly string[];
  /** We cut a body that has exactly this length. */
  readonly bodyBytesMax: number;
  /** Names, in lower case, of request fields whose values are not stored. */
  readonly secrets: ReadonlySet<string>;
  /** Write records of links and of addresses too. */
  readonly metadata?: boolean;
  /**
   * The response that an earlier run stored with this payload; null if there is none. The digest is SHA-256,
   * hexadecimal.
   */
  readonly earlier?: (payloadDigest: string) => Original | null;
  /** The size limit of one file; a gigabyte by default. */
  readonly fileBytesMax?: number;
  /** When the run began, in wall milliseconds. Each file name contains it. */
  readonly startedAt: number;
  readonly clock: Clock;
  /** Waits while the disk is full. */
  readonly room: Pick<Room, 'whenThere'>;
}

/** The facts about a response's body that a record needs. */
interface LookedThrough {
  /** The digest of the response's block if the body is long; empty if the record is built in memory. */
  readonly blockDigest: string;
  readonly isPacked: boolean;
}

const SUFFIX: Readonly<Record<Compression, string>> = { gzip: '.warc.gz', zstd: '.warc.zst', none: '.warc' };

export function createWarcArchive(options: WarcArchiveOptions): Archive {
  const { clock, compression } = options;
  const compress = createCompressor(compression, options.level);
  const compressStream = createStreamCompressor(compression, options.level);
  const redact = (head: string): string => withoutSecrets(head, options.secrets);
  const indexes = createIndexWriter(options.folder, options.room);
  const payloads = new Map<string, Original>();
  /** Pairs of a name and an address that have a record. */
  const addresses = new Set<string>();
  const scratch = Buffer.allocUnsafeSlow(COMPRESS_SYNC_BYTES_MAX);
  // A record that is compressed at once needs its memory only until then. A new buffer for each would make tens of
  // megabytes of garbage.
  const room = (bytes: number): Buffer =>
    compression === 'none' || bytes > scratch.length ? Buffer.allocUnsafe(bytes) : scratch.subarray(0, bytes);
  const stamp = stampOf(options.startedAt);
  let serial = 0;

  const files = createWarcFiles({
    folder: options.folder,
    fileBytesMax: options.fileBytesMax ?? WARC_BYTES_MAX,
    room: options.room,
    nextName() {
      serial += 1;
      return `${options.prefix}-${stamp}-${String(serial).padStart(5, '0')}${SUFFIX[compression]}`;
    },
    onClosed: (name) => indexes.close(name),
    preamble: (name) => compress(warcinfoRecord(name, clock.wall(), options.facts)),
  });

  /** The record that already has this payload. Null if the payload is new; `written` then remembers it. */
  const known = (digest: string, length: number): Original | null => {
    return length < REVISIT_BYTES_MIN ? null : (payloads.get(digest) ?? options.earlier?.(digest) ?? null);
  };

  /** The metadata records of an exchange, if the options want them. Each address of a name is written once. */
  const asides = (outcome: Outcome, links: readonly Link[], responseId: string): (Buffer | Promise<Buffer>)[] => {
    if (options.metadata !== true) return [];
    const records: Buffer[] = [];
    const name = new URL(outcome.url).hostname;
    const resolved = `${name} ${outcome.remoteAddress}`;
    if (outcome.remoteAddress !== '' && isName(name) && !addresses.has(resolved)) {
      if (addresses.size >= PAYLOADS_REMEMBERED_MAX) addresses.clear();
      addresses.add(resolved);
      records.push(dnsRecord(name, outcome.remoteAddress, outcome.startedAt));
    }
    if (links.length > 0) records.push(outlinksRecord(outcome, links, responseId));
    return records.map((record) => compress(record));
  };

  const appended = async (
    outcome: Outcome,
    digest: Uint8Array,
    links: readonly Link[],
    { blockDigest, isPacked }: LookedThrough,
  ): Promise<ArchivePlace> => {
    const length = rawBodyBytes(outcome);
    const payloadDigest = Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex');
    const cut = cutOf(outcome, options.bodyBytesMax);
    const original = cut === null ? known(payloadDigest, length) : null;
    const { request, response, written } = exchangeRecords(
      { outcome, payloadDigest, blockDigest, cut, original },
      redact,
      room,
    );
    if (cut === null && original === null && length >= REVISIT_BYTES_MIN) {
      if (payloads.size >= PAYLOADS_REMEMBERED_MAX) payloads.clear();
      payloads.set(payloadDigest, written);
    }
    const piece =
      'tail' in response
        ? () => compressStream(bytesOf(response, piecesOf(outcome)), { isPacked, bytes: response.bytes })
        : compress(response, original === null && isPacked);
    const place = await files.append([compress(request), ...asides(outcome, links, written.id), piece]);
    const type = original === null ? 'response' : 'revisit';
    const { url, status, headers } = outcome;
    const contentType = headerOf(headers, 'content-type') ?? '';
    indexes.add({ url, date: written.date, type, status, contentType, digest: `sha256:${payloadDigest}` }, place);
    return place;
  };

  /** The pieces of a long body, from memory or from its file. */
  const piecesOf = ({ spooled, rawBody }: Outcome): AsyncIterable<Buffer> =>
    spooled === null ? slicesOf(rawBody, clock) : partBytes(spooled.path, options.room);

  return {
    async append(outcome, sha256, links = []) {
      const { spooled, rawBody } = outcome;
      // Without a response there is nothing to store.
      if (outcome.responseHead === '') return null;
      const digest = spooled?.sha256 ?? sha256 ?? outcome.sha256 ?? hash('sha256', rawBody, 'buffer');
      if (spooled === null) {
        const isLong = rawBody.length > BODY_IN_MEMORY_BYTES_MAX;
        return appended(outcome, digest, links, isLong ? await looked(outcome, piecesOf(outcome)) : inMemory(outcome));
      }
      try {
        if (spooled.failure !== null) throw asMachineError(spooled.failure, 'a long body could not be kept');
        return await appended(outcome, digest, links, await looked(outcome, piecesOf(outcome)));
      } finally {
        spooled.drop();
      }
    },
    flush: files.flush,
    close: files.close,
  };
}

async function* bytesOf({ head, tail }: LongRecord, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* body;
  yield tail;
}

/** A body with a content coding arrived compressed. */
function inMemory({ body, rawBody }: Outcome): LookedThrough {
  return { blockDigest: '', isPacked: body !== rawBody || isPacked(rawBody) };
}

async function looked(outcome: Outcome, body: AsyncIterable<Buffer>): Promise<LookedThrough> {
  const digest = createHash('sha256').update(storedHead(outcome), 'latin1');
  let packed: boolean | null = null;
  for await (const bytes of body) {
    digest.update(bytes);
    packed ??= isPacked(bytes);
  }
  return { blockDigest: digest.digest('hex'), isPacked: packed === true };
}

/** Slices of a body in memory, with a turn of the event loop after each. */
async function* slicesOf(bytes: Uint8Array, clock: Clock): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += SPOOL_READ_BYTES) {
    const slice = bytes.subarray(at, at + SPOOL_READ_BYTES);
    yield Buffer.from(slice.buffer, slice.byteOffset, slice.length);
    await clock.turn();
  }
}

/** Reads the whole file through one buffer. Many buffers would stay in memory as garbage for long. */
async function* partBytes(path: string, room: Pick<Room, 'whenThere'>): AsyncGenerator<Buffer> {
  const file = await room.whenThere('a long body could not be read again', () => open(path, 'r'));
  try {
    const buffer = Buffer.allocUnsafe(SPOOL_READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * Why the stored body is incomplete; null if it is complete. If only the decoded body was cut, all stored bytes are
 * there.
 */
export function cutOf(outcome: Outcome, bodyBytesMax: number): Outcome['truncated'] {
  const { truncated } = outcome;
  if (truncated !== 'length') return truncated;
  return outcome.isRawCut === true || rawBodyBytes(outcome) >= bodyBytesMax ? truncated : null;
}
