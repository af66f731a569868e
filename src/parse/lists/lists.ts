// Reads sitemaps and feeds as pages: the URLs that they list are their links. It also reads sitemap files, packed or
// not, slice by slice.

import type { ParseContext, ParsedPage } from '../../base/contracts.ts';
import {
  DECODE_FREE_BYTES,
  DECODE_RATIO_MAX,
  LIST_SLICE_BYTES,
  PARSED_AT_ONCE_BYTES,
  SITEMAP_BYTES_MAX,
} from '../../base/limits.ts';
import { onDemand } from '../../base/on-demand.ts';
import { NO_TEXT } from '../html/page-text.ts';
import { isFit, isFull, type JoinTo, linksRoom, nothingUnkept } from '../join-links.ts';
import { mediaTypeOf } from '../page-kind.ts';
import { createListReader, type ListReader } from './list-reader.ts';
import type { Listed } from './listed.ts';

const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

const LIST_TYPES = new Set([
  'application/rss+xml',
  'application/atom+xml',
  'application/rdf+xml',
  'application/feed+json',
  'application/xml',
  'text/xml',
]);
const PACKED_TYPES = new Set(['application/gzip', 'application/x-gzip']);
const BEGINNING_BYTES = 512;

/**
 * The links of a page that is a sitemap or a feed; null if it is neither. A large or packed page is read slice by
 * slice.
 */
export type ListParser = (bytes: Uint8Array, context: ParseContext) => ParsedPage | null | Promise<ParsedPage | null>;

/** `turn` lets the event loop run between slices. */
export function createListParser(joinTo: JoinTo, turn: () => Promise<void>): ListParser {
  const readInSlices = async (bytes: Uint8Array, context: ParseContext): Promise<ParsedPage | null> => {
    const page = gatherListed(context, linksRoom(bytes.length));
    const reader = createListReader(context, joinTo, page.onListed, false);
    for await (const _ of slicesRead(bytes, reader, false)) await turn();
    return page.finish(reader);
  };
  return (bytes, context) => {
    if (!mayBeList(mediaTypeOf(context.contentType), bytes)) return null;
    if (isGzip(bytes) || bytes.length > PARSED_AT_ONCE_BYTES) return readInSlices(bytes, context);
    const page = gatherListed(context, linksRoom(bytes.length));
    const reader = createListReader(context, joinTo, page.onListed, false);
    reader.write(bytes);
    reader.end(false);
    return page.finish(reader);
  };
}

/** `lengthMax`: the characters of its links together. */
function gatherListed({ url }: ParseContext, lengthMax: number) {
  const links: Listed[] = [];
  let room = lengthMax;
  const unkept = nothingUnkept();
  return {
    onListed(listed: Listed): void {
      if (!isFit(listed.url, unkept)) return;
      room -= listed.url.length;
      if (isFull(links) || room < 0) unkept.dropped += 1;
      else links.push(listed);
    },
    finish({ isList, excess, charset }: ListReader): ParsedPage | null {
      if (isList !== true) return null;
      unkept.dropped += excess;
      return { links, unkept, base: url, charset, title: '', nofollow: false, text: NO_TEXT };
    },
  };
}

// JSON of any type may be a feed, but few are, and a feed says so at the beginning. A packed one says so in its first
// slice.
export function mayBeList(mediaType: string, bytes: Uint8Array): boolean {
  if (LIST_TYPES.has(mediaType)) return true;
  if (PACKED_TYPES.has(mediaType)) return isGzip(bytes);
  if (mediaType !== 'application/json') return false;
  return Buffer.from(bytes.subarray(0, BEGINNING_BYTES)).includes('jsonfeed.org/version/');
}

/** A part of a sitemap, and what is known of the whole so far. */
export interface SitemapSlice {
  readonly listed: readonly Listed[];
  /** False if it is not a sitemap; null while that is not known. */
  readonly isList: boolean | null;
  /** The number of entries beyond the limit. */
  readonly excess: number;
  /**
   * Why nothing after this slice is read: the file is too long, it unpacks to too much, or it is damaged. Null if
   * reading goes on.
   */
  readonly cut: null | 'length' | 'ratio' | 'damaged';
}

/**
 * Reads the file of a sitemap, gzip or not. The caller lets the event loop run between slices. `isCut`: the server had
 * more. It never throws.
 */
export type SitemapReader = (bytes: Uint8Array, context: ParseContext, isCut?: boolean) => AsyncGenerator<SitemapSlice>;

export function createSitemapReader(joinTo: JoinTo): SitemapReader {
  return async function* readSitemap(bytes, context, isCut = false) {
    let listed: Listed[] = [];
    const reader = createListReader(context, joinTo, (each) => void listed.push(each), true);
    for await (const cut of slicesRead(bytes, reader, isCut)) {
      const { isList, excess } = reader;
      const slice = { listed, isList, excess, cut };
      listed = [];
      yield slice;
    }
  };
}

/** Reads the file slice by slice and tells after each slice whether something is left out. */
async function* slicesRead(bytes: Uint8Array, reader: ListReader, isCut: boolean): AsyncGenerator<SitemapSlice['cut']> {
  let cut: SitemapSlice['cut'] = null;
  let read = 0;
  for await (const piece of isGzip(bytes) ? unpacked(bytes) : slicesOf(bytes)) {
    if (piece === null) cut = 'damaged';
    else if (read + piece.length > SITEMAP_BYTES_MAX) cut = 'length';
    else if (read > DECODE_FREE_BYTES && read > bytes.length * DECODE_RATIO_MAX) cut = 'ratio';
    if (piece === null || cut !== null) break;
    read += piece.length;
    reader.write(piece);
    if (reader.isList === false) break;
    yield cut;
  }
  reader.end(isCut || cut !== null);
  yield cut ?? (reader.isBrokenOff ? 'damaged' : null);
}

/**
 * Whether the file is gzip, by its magic bytes (RFC 1952, section 2.3.1): neither its name nor its type can be trusted.
 */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function* slicesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += LIST_SLICE_BYTES) yield bytes.subarray(at, at + LIST_SLICE_BYTES);
}

/** The unpacked pieces. Null comes last if the file is damaged or breaks off. */
async function* unpacked(bytes: Uint8Array): AsyncGenerator<Uint8Array | null> {
  const gunzip = zlib().createGunzip({ chunkSize: LIST_SLICE_BYTES });
  gunzip.end(bytes);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch {
    yield null;
  }
}
