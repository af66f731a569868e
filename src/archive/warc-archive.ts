// The archive of a crawl: all requests and responses, as WARC files that other software can read. This part decides
// what is kept of an outcome; a writer makes the records and owns the files.

import type { Archive, Outcome, Spooled } from '../base/contracts.ts';
import { headerOf } from '../base/headers.ts';
import { asMachineError } from '../base/machine.ts';
import { onDemand } from '../base/on-demand.ts';
import { rawBodyBytes } from '../base/raw-body.ts';
import type { ArchiveWriter } from './deposit.ts';
import type { KeptPlace } from './known-payloads.ts';
import { type Original, withoutCookies } from './warc-record.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

export interface WarcArchiveOptions {
  /** We cut a body that has exactly this length. */
  readonly bodyBytesMax: number;
  /**
   * The place of an earlier record with this payload, or what the record says if it is not on this machine; null if
   * none is known. The digest is SHA-256, in hexadecimal.
   */
  readonly earlier?: (payloadDigest: string) => KeptPlace | Promise<Original | null> | null;
  /** Leaves out the values of the cookies that responses set. */
  readonly withoutCookies?: boolean;
  /** The writer wants the links of each page. */
  readonly withLinks?: boolean;
}

export function createWarcArchive(
  writer: ArchiveWriter,
  { bodyBytesMax, earlier, withoutCookies: hidesCookies = false, withLinks = false }: WarcArchiveOptions,
): Archive {
  /** The files of long bodies that the system removes now. */
  const leaving = new Set<Promise<void>>();
  const leave = (spooled: Spooled): void => {
    const gone = spooled.drop().then(() => void leaving.delete(gone));
    leaving.add(gone);
  };
  return {
    async append(outcome, sha256, links = []) {
      const { spooled, rawBody, url, status, requestHead, remoteAddress, protocol, startedAt } = outcome;
      const responseHead = hidesCookies ? withoutCookies(outcome.responseHead) : outcome.responseHead;
      // Without a response there is nothing to store.
      if (responseHead === '') return null;
      const digest = spooled?.sha256 ?? sha256 ?? outcome.sha256 ?? crypto().hash('sha256', rawBody, 'buffer');
      const payloadDigest = Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex');
      const kept = earlier?.(payloadDigest) ?? null;
      const deposit = {
        ...{ url, status, requestHead, responseHead, remoteAddress, protocol, startedAt, payloadDigest },
        bodyBytes: rawBodyBytes(outcome),
        cut: cutOf(outcome, bodyBytesMax),
        contentType: headerOf(outcome.headers, 'content-type') ?? '',
        isCoded: outcome.body !== rawBody,
        part: spooled?.path ?? '',
        kept: kept instanceof Promise ? await kept : kept,
        links: withLinks ? links : [],
      };
      if (spooled === null) return writer.append(deposit, rawBody);
      const { failure } = spooled;
      const appended =
        failure === null
          ? writer.append(deposit, rawBody)
          : Promise.reject(asMachineError(failure, 'a long body could not be kept'));
      // Rows are committed in the order of their places: after a kill, recovery cuts off what follows the last of them.
      // So the place of a long body waits for nothing else.
      const end = (): void => leave(spooled);
      appended.then(end, end);
      return appended;
    },
    async close() {
      try {
        await writer.close();
      } finally {
        await Promise.all(leaving);
      }
    },
  };
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
