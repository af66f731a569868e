// Makes WARC records of exchanges and writes them. It runs on the event loop of the crawl or in a thread of its own; it
// knows nothing of either.

import { open } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { ArchivePlace } from '../base/contracts.ts';
import {
  COMPRESS_SYNC_BYTES_MAX,
  PAYLOADS_REMEMBERED_MAX,
  REVISIT_BYTES_MIN,
  SPOOL_READ_BYTES,
  WARC_BYTES_MAX,
} from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';
import type { Room } from '../base/room.ts';
import { type Compression, createCompressor, createStreamCompressor } from './compress.ts';
import { type ArchiveWriter, type Deposit, isLongInMemory } from './deposit.ts';
import { createIndexWriter, type OpenIndexes } from './index-writer.ts';
import { originalAt } from './known-payloads.ts';
import { isPacked } from './packed.ts';
import { stampOf } from './recover.ts';
import { createWarcFiles, type OpenFile } from './warc-files.ts';
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

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

/** What the writer is told, as plain data. */
export interface WriterSettings {
  /** The job's folder. */
  readonly folder: string;
  /** The beginning of each file name. */
  readonly prefix: string;
  readonly compression: Compression;
  readonly level: number;
  /** Names and values for the warcinfo record of each file. */
  readonly facts: readonly string[];
  /** Names, in lower case, of request fields whose values are not stored. */
  readonly secrets: ReadonlySet<string>;
  /** Write records of links and of addresses too. */
  readonly metadata?: boolean;
  /** The size limit of one file; a gigabyte by default. */
  readonly fileBytesMax?: number;
  /** When the run began, in wall milliseconds. Each file name contains it. */
  readonly startedAt: number;
}

export interface WriterParts {
  readonly clock: Clock;
  /** Waits while the disk is full. */
  readonly room: Pick<Room, 'whenThere'>;
}

/** All that a writer must know to go on where another one has stopped. */
export interface WriterState {
  /** The number of files so far. */
  serial: number;
  file: OpenFile | null;
  readonly indexes: OpenIndexes;
  readonly payloads: Map<string, Original>;
  /** Pairs of a name and an address that have a record. */
  readonly addresses: Set<string>;
}

/** A long body, piece by piece. It is read twice, and each piece is used before the next one is asked for. */
export type BodySource = () => AsyncIterable<Buffer>;

export interface WarcWriter extends ArchiveWriter {
  /** A short body in memory is used only until the call returns. */
  append(deposit: Deposit, body: Uint8Array | BodySource): Promise<ArchivePlace>;
  /** Waits until all is written, and leaves the files as they are to another writer. */
  leave(): Promise<WriterState>;
}

/** The facts about a response's body that a record needs. */
interface LookedThrough {
  /** The digest of the response's block if the body is long; empty if the record is built in memory. */
  readonly blockDigest: string;
  readonly isPacked: boolean;
}

const SUFFIX: Readonly<Record<Compression, string>> = { gzip: '.warc.gz', zstd: '.warc.zst', none: '.warc' };

export function newWriterState(): WriterState {
  return { serial: 0, file: null, indexes: new Map(), payloads: new Map(), addresses: new Set() };
}

export function createWarcWriter(
  settings: WriterSettings,
  { clock, room }: WriterParts,
  state: WriterState = newWriterState(),
): WarcWriter {
  const { compression } = settings;
  const compress = createCompressor(compression, settings.level);
  const compressStream = createStreamCompressor(compression, settings.level);
  const redact = (head: string): string => withoutSecrets(head, settings.secrets);
  const indexes = createIndexWriter(settings.folder, room, state.indexes);
  const { payloads } = state;
  const scratch = Buffer.allocUnsafeSlow(COMPRESS_SYNC_BYTES_MAX);
  // A record that is compressed at once needs its memory only until then. A new buffer for each would make tens of
  // megabytes of garbage.
  const allocate = (bytes: number): Buffer =>
    compression === 'none' || bytes > scratch.length ? Buffer.allocUnsafe(bytes) : scratch.subarray(0, bytes);
  const stamp = stampOf(settings.startedAt);
  let unwritten = 0;
  let idle = Promise.withResolvers<void>();

  const files = createWarcFiles({
    folder: settings.folder,
    fileBytesMax: settings.fileBytesMax ?? WARC_BYTES_MAX,
    room,
    begun: state.file,
    nextName() {
      state.serial += 1;
      return `${settings.prefix}-${stamp}-${String(state.serial).padStart(5, '0')}${SUFFIX[compression]}`;
    },
    onClosed: (name) => indexes.close(name),
    preamble: (name) => compress(warcinfoRecord(name, clock.wall(), settings.facts)),
  });

  /** The record that already has this payload. Null if the payload is new or incomplete. */
  const known = ({ cut, bodyBytes, payloadDigest, kept }: Deposit): Original | null => {
    if (cut !== null || bodyBytes < REVISIT_BYTES_MIN) return null;
    const seen = payloads.get(payloadDigest);
    if (seen !== undefined || kept === null) return seen ?? null;
    return 'place' in kept ? originalAt(kept, payloadDigest) : kept;
  };

  const remember = ({ cut, bodyBytes, payloadDigest }: Deposit, written: Original): void => {
    if (cut !== null || bodyBytes < REVISIT_BYTES_MIN) return;
    if (payloads.size >= PAYLOADS_REMEMBERED_MAX) payloads.clear();
    payloads.set(payloadDigest, written);
  };

  const kept = async (
    deposit: Deposit,
    body: Uint8Array | BodySource,
    { blockDigest, isPacked }: LookedThrough,
  ): Promise<ArchivePlace> => {
    const original = known(deposit);
    const bytes = typeof body === 'function' ? null : body;
    const { request, response, written } = exchangeRecords(deposit, { bytes, blockDigest, original }, redact, allocate);
    if (original === null) remember(deposit, written);
    const piece =
      'tail' in response
        ? () => compressStream(bytesOf(response, (body as BodySource)()), { isPacked, bytes: response.bytes })
        : compress(response, original === null && isPacked);
    const more = settings.metadata === true ? asides(deposit, written.id, state.addresses) : [];
    const place = await files.append([compress(request), ...more.map((record) => compress(record)), piece]);
    const type = original === null ? 'response' : 'revisit';
    const { url, status, contentType, payloadDigest } = deposit;
    await indexes.add({ url, date: written.date, type, status, contentType, digest: `sha256:${payloadDigest}` }, place);
    return place;
  };

  return {
    async append(deposit, given) {
      unwritten += 1;
      try {
        const body = bodyOf(deposit, given, { clock, room });
        return await kept(
          deposit,
          body,
          typeof body === 'function' ? await looked(deposit, body()) : atOnce(deposit, body),
        );
      } finally {
        unwritten -= 1;
        if (unwritten === 0) idle.resolve();
      }
    },
    close: files.close,
    async leave() {
      idle = Promise.withResolvers();
      if (unwritten > 0) await idle.promise;
      state.file = await files.leave();
      return state;
    },
  };
}

/** A long body becomes a source, wherever it is. */
function bodyOf(deposit: Deposit, given: Uint8Array | BodySource, parts: WriterParts): Uint8Array | BodySource {
  if (typeof given === 'function') return given;
  if (deposit.part !== '') return () => partBytes(deposit.part, parts.room);
  return isLongInMemory(deposit) ? () => slicesOf(given, parts.clock) : given;
}

/** The metadata records of an exchange. Each address of a name is written once. */
function asides(deposit: Deposit, responseId: string, addresses: Set<string>): Buffer[] {
  const { url, remoteAddress, startedAt, links } = deposit;
  const records: Buffer[] = [];
  const name = new URL(url).hostname;
  const resolved = `${name} ${remoteAddress}`;
  if (remoteAddress !== '' && isName(name) && !addresses.has(resolved)) {
    if (addresses.size >= PAYLOADS_REMEMBERED_MAX) addresses.clear();
    addresses.add(resolved);
    records.push(dnsRecord(name, remoteAddress, startedAt));
  }
  if (links.length > 0) records.push(outlinksRecord(deposit, links, responseId));
  return records;
}

async function* bytesOf({ head, tail }: LongRecord, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* body;
  yield tail;
}

function atOnce({ isCoded }: Deposit, body: Uint8Array): LookedThrough {
  return { blockDigest: '', isPacked: isCoded || isPacked(body) };
}

async function looked(deposit: Deposit, body: AsyncIterable<Buffer>): Promise<LookedThrough> {
  const digest = crypto().createHash('sha256').update(storedHead(deposit), 'latin1');
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
