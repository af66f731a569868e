// The index of an archive: CDXJ lines, by which replay finds a record without reading the files. A line is a sort-friendly form of the URL, a time of
// 14 digits and a JSON object. Lines stand in the order of their bytes.

import type { ArchivePlace } from '../base/contracts.ts';
import { headerOf } from '../base/headers.ts';
import { readHead } from './http-head.ts';
import type { WarcRecord } from './warc-reader.ts';

export interface Indexed {
  readonly url: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly type: 'response' | 'revisit';
  readonly status: number;
  readonly contentType: string;
  /** Of the payload, with the name of its algorithm; empty where it is not known. */
  readonly digest: string;
}

/** One line without its end, in ASCII. Values are texts, as the tools of the field write them. */
export function cdxjLine({ url, date, type, status, contentType, digest }: Indexed, place: ArchivePlace): string {
  const mime = type === 'revisit' ? 'warc/revisit' : (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const fields = {
    url,
    mime: mime || 'unk',
    status: String(status),
    ...(digest === '' ? {} : { digest }),
    length: String(place.length),
    offset: String(place.offset),
    filename: place.file.slice(place.file.lastIndexOf('/') + 1),
  };
  return `${surtOf(url)} ${date.replace(/\D/g, '').slice(0, 14)} ${inAscii(JSON.stringify(fields))}`;
}

function inAscii(json: string): string {
  return json.replace(/[^ -~]/g, (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Null for records that no replay asks for. */
export function indexedOf({ fields, block }: WarcRecord): Indexed | null {
  const type = fields.get('warc-type');
  const url = fields.get('warc-target-uri');
  if ((type !== 'response' && type !== 'revisit') || url === undefined) return null;
  const { status, headers } = readHead(block);
  const date = fields.get('warc-date') ?? '';
  const digest = fields.get('warc-payload-digest') ?? '';
  return { url, date, type, status, contentType: headerOf(headers, 'content-type') ?? '', digest };
}

/**
 * The sort-friendly form: the host's labels from the last to the first, then port, path and query, in lower case; no scheme, no `www` and no fragment. The query is cut at
 * each `&` and its pieces are put in order as they are written, because a reader that looks for a URL does just this and compares texts.
 */
export function surtOf(url: string): string {
  if (!/^https?:/.test(url)) return url;
  const bare = url.replace(/^(https?:\/\/)www\d*\./, '$1');
  const parsed = URL.parse(bare.toLowerCase());
  if (parsed === null) return bare;
  const { hostname, port, pathname, search } = parsed;
  const host = hostname.split('.').reverse().join(',');
  const query = search === '' ? '' : `?${search.slice(1).split('&').sort().join('&')}`;
  return `${host}${port === '' ? '' : `:${port}`})${pathname}${query}`;
}
