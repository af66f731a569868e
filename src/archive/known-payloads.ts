// Payloads that an archive already holds, from an earlier run of the job or from another job.

import type { ArchivePlace } from '../base/contracts.ts';
import { archivePath } from './open-file.ts';
import { readRecord, type WarcRecord } from './warc-reader.ts';
import type { Original } from './warc-record.ts';

/** A record of the job in `folder`. */
export interface KeptPlace {
  readonly folder: string;
  readonly place: ArchivePlace;
}

/**
 * The response that holds this payload, found through the place of a record that was seen to have it. Null if that
 * record does not have it or cannot be read.
 */
export function originalAt({ folder, place }: KeptPlace, payloadDigest: string): Original | null {
  try {
    return originalIn(readRecord(archivePath(folder, place.file), place.offset, place.length), payloadDigest);
  } catch {
    return null;
  }
}

/** The response that holds this payload, by a record that was seen to have it; null if the record does not have it. */
export function originalIn({ fields }: WarcRecord, payloadDigest: string): Original | null {
  if (fields.get('warc-payload-digest') !== `sha256:${payloadDigest}` || fields.has('warc-truncated')) return null;
  // A revisit is followed to the record that it refers to.
  const prefix = fields.get('warc-type') === 'revisit' ? 'warc-refers-to' : '';
  const id = fields.get(prefix || 'warc-record-id');
  const url = fields.get(prefix === '' ? 'warc-target-uri' : `${prefix}-target-uri`);
  const date = fields.get(prefix === '' ? 'warc-date' : `${prefix}-date`);
  return id === undefined || url === undefined || date === undefined ? null : { id, url, date };
}
