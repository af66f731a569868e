// The index of an archive, as CDXJ lines. Replay uses it to find a record without reading the files. A line holds a
// sort-friendly form of the URL, a time of 14 digits and a JSON object. The lines are sorted by their bytes.

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
  /** The digest of the payload, with the name of its algorithm; empty if it is unknown. */
  readonly digest: string;
}

/** One line without its line end, in ASCII. All values are strings, as other CDXJ tools write them. */
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

/** Null for a record that replay never asks for. */
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
 * The sort-friendly form of a URL: the host's labels from last to first, then port, path and query, in lower case. The
 * scheme, `www` and the fragment are dropped. The query is split at each `&` and its pieces are sorted as written:
 * readers look a URL up in the same way and compare the strings.
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
