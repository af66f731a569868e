// The form of a hostile input: its number, what its site serves, and what must become of each of its URLs. Each input
// has a site of its own, so that what it does to the pace of its host is felt by no other.

import type { ErrorCode, SkipReason } from '../../src/base/errors.ts';
import type { UrlState } from '../../src/base/ledger.ts';
import type { Peer } from '../helpers/raw-server.ts';

/** The whole of a response, or what sends it. */
export type Served = string | Buffer | ((peer: Peer) => void);

/** What the row of a URL says; of `detail` a part. */
export interface Told {
  readonly state: UrlState;
  readonly reason?: SkipReason;
  readonly error?: ErrorCode;
  readonly status?: number;
  readonly truncated?: 'length' | 'time' | 'disconnect';
  readonly detail?: string;
  /** The record has all that was sent, although less of it was read. */
  readonly isKeptWhole?: true;
  /** How often it is asked for, at least and at most. A response is asked for once if it is not said otherwise. */
  readonly asks?: readonly [least: number, most: number];
  /** Its connection carries no other request. */
  readonly isDropped?: true;
  /** What the record has of the body, where that is not what was sent. */
  readonly body?: string;
  readonly redirectTo?: string;
  readonly charset?: string;
  readonly title?: string;
  /** Of a host that is held: a part of what it is held by. */
  readonly why?: string;
}

/** Which command meets it: see `GROUPS` in run-inputs.ts. */
export type Group = 'host' | 'any' | 'secure' | 'held' | 'names' | 'pieces' | 'half';

export interface HostileInput {
  /** Of the list of inputs; a letter where one number has several. */
  readonly number: string;
  readonly what: string;
  readonly group: Group;
  /** By path; `/good` and the first page, which links to all that `becomes` names, are there by themselves. */
  readonly serves?: Readonly<Record<string, Served>>;
  /**
   * A second server, which is no root: what it answers to whatever it is asked. `ELSEWHERE` in responses is its origin.
   */
  readonly elsewhere?: Served;
  /** Speaks TLS with this certificate, or never answers a hello. */
  readonly tls?:
    | 'expired'
    | 'not-yet-valid'
    | 'wrong-host'
    | 'self-signed'
    | 'unknown-issuer'
    | 'many-names'
    | 'good'
    | 'silent';
  /** Speaks HTTP/2. */
  readonly http2?: true;
  /** The host of the root, where it is not 127.0.0.1. */
  readonly host?: string;
  /** Answers every other path with a page; null where there is none. */
  readonly site?: (path: string) => string | Uint8Array | null;
  /** Pages of `site` that were not asked for. */
  readonly missing?: (asked: ReadonlySet<string>) => readonly string[];
  /** What `becomes` names and the first page does not link to. */
  readonly hidden?: readonly string[];
  /** What is linked beside what `becomes` names. */
  readonly links?: readonly string[];
  /**
   * By path or absolute URL. The pages `/` and `/good` are done with status 200, where it is not said otherwise here.
   */
  readonly becomes: Readonly<Record<string, Told>>;
  /** Links of its pages that are kept only as what cannot be a URL. */
  readonly bad?: readonly string[];
  /** At least one URL of the site is set aside as a trap, and no more than this many are asked for. */
  readonly trapMax?: number;
  /** By path: a part of what the log says of a sitemap. */
  readonly sitemaps?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Paths that nobody may ask for. */
  readonly unasked?: readonly string[];
  readonly isElsewhereUnasked?: true;
  /** Words for the table, where `becomes` does not say it all. */
  readonly note?: string;
}

export const OK = 'HTTP/1.1 200 OK\r\n';
export const HTML = `${OK}Content-Type: text/html\r\n`;
export const CHUNKED = `${HTML}Transfer-Encoding: chunked\r\n\r\n`;
export const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';

/** A response with its length; `fields` end in CR LF each. */
export function page(body: string | Buffer, fields = '', start = HTML): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return Buffer.concat([Buffer.from(`${start}${fields}Content-Length: ${bytes.length}\r\n\r\n`, 'latin1'), bytes]);
}

export const redirect = (location: string): Buffer => page('', `Location: ${location}\r\n`, 'HTTP/1.1 302 Found\r\n');

/** Sends this and closes the connection. */
export const closing =
  (bytes: string | Buffer): Served =>
  (peer) =>
    void peer.end(bytes, 'latin1');

/** Sends this and resets the connection, but not before it has left. */
export const resetting =
  (bytes: string): Served =>
  (peer) =>
    void peer.write(bytes, 'latin1', () => setImmediate(() => setImmediate(() => peer.resetAndDestroy())));

export const silence: Served = () => undefined;

/** Sends `piece` for as long as it is taken. */
export const pouring =
  (head: string, piece: Buffer): Served =>
  (peer) => {
    const more = (): void => {
      while (!peer.destroyed && peer.write(piece));
    };
    peer.on('drain', more);
    peer.write(head, 'latin1');
    more();
  };

export const done = (status = 200, more: Partial<Told> = {}): Told => ({ state: 'done', status, ...more });
export const failed = (error: ErrorCode, more: Partial<Told> = {}): Told => ({ state: 'failed', error, ...more });
export const skipped = (reason: SkipReason, more: Partial<Told> = {}): Told => ({ state: 'skipped', reason, ...more });
export const queued = (why: string): Told => ({ state: 'queued', why });
