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

/** Which digests of the record are wrong. Digests of other kinds than ours are not checked. */
export async function wrongDigests(record: WarcRecord): Promise<string[]> {
  const { fields, block } = record;
  const sums = [{ what: 'block', expected: fields.get('warc-block-digest'), from: 0 }];
  // A revisit has no payload; it has the digest of the record that it refers to.
  if (fields.get('warc-type') === 'response')
    sums.push({ what: 'payload', expected: fields.get('warc-payload-digest'), from: readHead(block).end });
  const checked = sums.flatMap(({ what, expected, from }) => {
    const digest = /^sha256:([0-9a-f]{64})$/i.exec(expected ?? '')?.[1]?.toLowerCase();
    return digest === undefined ? [] : [{ what, digest, from, hash: createHash('sha256') }];
  });
  if (checked.length === 0) return [];
  let at = 0;
  for await (const piece of record.blockPieces()) {
    for (const { hash, from } of checked) hash.update(piece.subarray(Math.max(0, from - at)));
    at += piece.length;
  }
  return checked
    .filter(({ hash, digest }) => hash.digest('hex') !== digest)
    .map(({ what }) => `its ${what} is not what its digest says`);
}
