// What verify keeps of a record, and whether its digests are right.

import { createHash } from 'node:crypto';
import { readHead } from '../../archive/http-head.ts';
import type { WarcRecord } from '../../archive/warc-reader.ts';
import { headerOf } from '../../base/headers.ts';
import { isRedirect } from '../../base/redirects.ts';

/** The facts of a record that are compared with its row. */
export interface Kept {
  readonly url: string;
  /** When it was requested, in wall milliseconds. */
  readonly at: number;
  readonly status: number;
  /** The target of a redirect; null for other responses. */
  readonly location: string | null;
  readonly payload: string | null;
  readonly length: number;
  hasRow: boolean;
}

export type TellFault = (what: string, url: string | null, file: string | null, offset: number | null) => void;

export const DIGESTS = ['warc-block-digest', 'warc-payload-digest'];

export function isAnswer({ fields }: WarcRecord): boolean {
  const type = fields.get('warc-type');
  return type === 'response' || type === 'revisit';
}

export function keptOf({ fields, block, length }: WarcRecord): Kept {
  const { status, headers } = readHead(block);
  return {
    url: fields.get('warc-target-uri') ?? '',
    at: Date.parse(fields.get('warc-date') ?? ''),
    status,
    location: isRedirect(status) ? (headerOf(headers, 'location') ?? null) : null,
    payload: fields.get('warc-payload-digest')?.replace(/^sha256:/, '') ?? null,
    length,
    hasRow: false,
  };
}

export function wrongDigests({ fields, block }: WarcRecord): string[] {
  const wrong: string[] = [];
  if (!agrees(fields.get('warc-block-digest'), block)) wrong.push('its block is not what its digest says');
  // A revisit has no payload; it has the digest of the record that it refers to.
  if (
    fields.get('warc-type') === 'response' &&
    !agrees(fields.get('warc-payload-digest'), block.subarray(readHead(block).end))
  ) {
    wrong.push('its payload is not what its digest says');
  }
  return wrong;
}

/** Digests of other kinds than ours are not checked. */
function agrees(digest: string | undefined, bytes: Buffer): boolean {
  const expected = /^sha256:([0-9a-f]{64})$/i.exec(digest ?? '')?.[1];
  return expected === undefined || createHash('sha256').update(bytes).digest('hex') === expected.toLowerCase();
}
