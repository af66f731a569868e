// Reads sitemaps and feeds of every format from pieces of their bytes: XML, text with one URL per line, JSON Feed.

import type { ParseContext } from '../../base/contracts.ts';
import { CHARSET_PRESCAN_BYTES, JSON_FEED_BYTES_MAX, SITEMAP_ENTRIES_MAX, URL_LENGTH_MAX } from '../../base/limits.ts';
import { addressIn } from '../../url/address.ts';
import { encodingOf, standardDecoder } from '../charset.ts';
import type { JoinTo } from '../join-links.ts';
import { readJsonFeed } from './json-feed.ts';
import { collectListed, type OnListed } from './listed.ts';
import { createXmlReader } from './xml.ts';

export interface ListReader {
  write(bytes: Uint8Array): void;
  /** `isCut`: the rest of the document did not come. */
  end(isCut: boolean): void;
  /** Whether the document is a sitemap or a feed; null while that is not known. */
  readonly isList: boolean | null;
  /** It ended within one of its elements. Known after its end. */
  readonly isBrokenOff: boolean;
  /** The number of entries beyond the limit. */
  readonly excess: number;
  /** The name of the encoding by the Encoding standard, in lower case; empty before the first piece. */
  readonly charset: string;
}

/** A reader for one format: text in, links out. */
interface Format {
  write(text: string): void;
  end(isCut: boolean): void;
  readonly isList: boolean | null;
  readonly isBrokenOff: boolean;
  readonly excess: number;
}

/** Reads one document. Its beginning tells the format. `isTextRead`: lines that are URLs are entries. */
export function createListReader(
  { url, contentType }: ParseContext,
  joinTo: JoinTo,
  onListed: OnListed,
  isTextRead: boolean,
): ListReader {
  let decoder: { decode(bytes?: Uint8Array, options?: { stream: boolean }): string } | null = null;
  let format: Format | null = null;
  let charset = '';

  const formatOf = (beginning: string): Format | null => {
    if (beginning === '') return null;
    if (beginning.startsWith('<')) return xmlFormat(url, joinTo, onListed);
    if (beginning.startsWith('{')) return jsonFormat(url, joinTo, onListed);
    return isTextRead ? textFormat(url, joinTo, onListed) : NO_FORMAT;
  };
  const take = (text: string): void => {
    const written = format === null ? text.trimStart() : text;
    format ??= formatOf(written);
    format?.write(written);
  };
  return {
    write(bytes) {
      if (decoder === null) {
        charset = encodingOf(bytes.subarray(0, CHARSET_PRESCAN_BYTES), contentType, true);
        decoder = charset === 'utf-8' ? new TextDecoder() : standardDecoder(charset);
      }
      take(decoder.decode(bytes, { stream: true }));
    },
    end(isCut) {
      take(decoder?.decode() ?? '');
      format?.end(isCut);
    },
    get isList() {
      return format === null ? null : format.isList;
    },
    get isBrokenOff() {
      return format?.isBrokenOff ?? false;
    },
    get excess() {
      return format?.excess ?? 0;
    },
    get charset() {
      return charset;
    },
  };
}

const NO_FORMAT: Format = { write: () => {}, end: () => {}, isList: false, isBrokenOff: false, excess: 0 };

function xmlFormat(url: string, joinTo: JoinTo, onListed: OnListed): Format {
  const collector = collectListed(url, joinTo, onListed);
  let isBrokenOff = false;
  const reader = createXmlReader({
    ...{ staying: collector.staying, onEntities: collector.onEntities },
    ...{ onOpen: collector.onOpen, onText: collector.onText },
    onClose(name, isCut) {
      isBrokenOff ||= isCut;
      collector.onClose(name, isCut);
    },
  });
  return {
    write(text) {
      // A page or a picture in its place shows by its root element.
      if (collector.isList !== false) reader.write(text);
    },
    end: reader.end,
    get isList() {
      return collector.isList;
    },
    get isBrokenOff() {
      return isBrokenOff;
    },
    get excess() {
      return collector.excess;
    },
  };
}

function textFormat(url: string, joinTo: JoinTo, onListed: OnListed): Format {
  const join = joinTo(url) ?? (() => null);
  let entries = 0;
  let rest = '';
  const read = (line: string): void => {
    const written = addressIn(line, url) ?? '';
    const target = /^https?:\/\/\S+$/i.test(written) ? join(written) : null;
    if (target === null) return;
    entries += 1;
    if (entries > SITEMAP_ENTRIES_MAX) return;
    onListed({ url: target, kind: 'navigation', rel: '', element: '', facts: NO_FACTS });
  };
  return {
    write(text) {
      const lines = (rest + text).split(/\r\n|\n|\r/);
      rest = lines.pop()!;
      // No accepted URL is this long. What follows is the end of this one, which does not count either.
      if (rest.length > 4 * URL_LENGTH_MAX) rest = 'x';
      for (const line of lines) read(line);
    },
    end(isCut) {
      if (!isCut) read(rest);
    },
    get isList() {
      return entries > 0;
    },
    isBrokenOff: false,
    get excess() {
      return Math.max(0, entries - SITEMAP_ENTRIES_MAX);
    },
  };
}

const NO_FACTS = { lastmod: '', changefreq: '', priority: null };

function jsonFormat(url: string, joinTo: JoinTo, onListed: OnListed): Format {
  let text = '';
  let isList: boolean | null = null;
  return {
    write(more) {
      if (text.length <= JSON_FEED_BYTES_MAX) text += more;
    },
    end() {
      isList = text.length <= JSON_FEED_BYTES_MAX && readJsonFeed(text, joinTo(url) ?? (() => null), onListed);
    },
    get isList() {
      return isList;
    },
    isBrokenOff: false,
    excess: 0,
  };
}
