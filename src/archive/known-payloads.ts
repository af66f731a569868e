// Payloads that an archive has kept before: in an earlier run of the job, or in another job.

import type { ArchivePlace } from '../base/contracts.ts';
import { archivePath } from './open-file.ts';
import { readRecord } from './warc-reader.ts';
import type { Original } from './warc-record.ts';

/** A record of the job in `folder`. */
export interface KeptPlace {
  readonly folder: string;
  readonly place: ArchivePlace;
}

/** The response that has this payload, by the place of a record that was seen to have it; null where it does not or cannot be read. */
export function originalAt({ folder, place }: KeptPlace, payloadDigest: string): Original | null {
  try {
    const { fields } = readRecord(archivePath(folder, place.file), place.offset, place.length);
    if (fields.get('warc-payload-digest') !== `sha256:${payloadDigest}` || fields.has('warc-truncated')) return null;
    // A revisit leads on to what it refers to.
    const prefix = fields.get('warc-type') === 'revisit' ? 'warc-refers-to' : '';
    const id = fields.get(prefix || 'warc-record-id');
    const url = fields.get(prefix === '' ? 'warc-target-uri' : `${prefix}-target-uri`);
    const date = fields.get(prefix === '' ? 'warc-date' : `${prefix}-date`);
    return id === undefined || url === undefined || date === undefined ? null : { id, url, date };
  } catch {
    return null;
  }
}
