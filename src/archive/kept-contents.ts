// Finds the response of a row. A revisit holds no payload, so the payload is read from the record that it refers to.

import type { Content, Contents, Unreadable } from '../base/contents.ts';
import type { ArchivePlace, RawHeaders } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { systemName, troubleOf, whyUnread } from '../base/machine.ts';
import type { Holdings } from './holdings.ts';
import { readHead } from './http-head.ts';
import { TooLong } from './members.ts';
import type { WarcRecord } from './warc-reader.ts';

export interface ContentsParts {
  readonly holdings: Holdings;
  /** The archives of other jobs that this job's revisits may refer to. */
  readonly earlier: readonly Holdings[];
  /** The place of a URL's record, if the store knows one. */
  readonly placeOf: (url: string) => Promise<ArchivePlace | null>;
  /** Undoes the content codings that these headers name. */
  readonly decode: (headers: RawHeaders, rawBody: Uint8Array) => Promise<Uint8Array>;
}

export function createContents({ holdings, earlier, placeOf, decode }: ContentsParts): Contents {
  let places: Promise<ReadonlyMap<string, Payload>> | null = null;

  /** The record that a revisit refers to. */
  const original = async (revisit: WarcRecord): Promise<WarcRecord> => {
    const { fields } = revisit;
    const place = await placeOf(fields.get('warc-refers-to-target-uri') ?? '');
    const near = place === null ? null : await holdings.record(place);
    if (near !== null && isPayloadOf(near, revisit)) return near;
    // The original has no row, or its URL was requested in another form. So the whole archive is searched, once.
    places ??= payloadPlaces([holdings, ...earlier]);
    const far = (await places).get(payloadOf(revisit));
    if (far === undefined) throw new Error('the record that it refers to is not there');
    return far.from.record(far.place);
  };

  const contentOf = async (record: WarcRecord): Promise<Content> => {
    const isRevisit = record.fields.get('warc-type') === 'revisit';
    const { status, headers, end } = readHead(record.block);
    const source = isRevisit ? await original(record) : record;
    const rawBody = source.block.subarray(source === record ? end : readHead(source.block).end);
    return {
      url: record.fields.get('warc-target-uri') ?? '',
      date: record.fields.get('warc-date') ?? '',
      ...{ status, headers, rawBody },
      body: await decode(headers, rawBody),
      isWhole: !record.fields.has('warc-truncated'),
    };
  };

  return {
    async of({ archive }) {
      if (archive === null) return null;
      try {
        return await contentOf(await holdings.record(archive));
      } catch (error) {
        // If the process has no file handles left, every read fails although nothing is damaged.
        if (troubleOf(error)?.lacks != null) throw error;
        // Without the variables of S3 nothing can be said of what is there.
        if (error instanceof UsageError) throw error;
        return unreadable(archive, error as Error);
      }
    },
  };
}

function unreadable({ file, offset }: ArchivePlace, error: Error): Unreadable {
  const damage = systemName(error) === null ? error.message : whyUnread(error);
  return { file, offset, damage, ...(error instanceof TooLong && { isTooLong: true }) };
}

function payloadOf({ fields }: WarcRecord): string {
  return fields.get('warc-payload-digest') ?? '';
}

function isPayloadOf(record: WarcRecord, revisit: WarcRecord): boolean {
  return record.fields.get('warc-type') === 'response' && payloadOf(record) === payloadOf(revisit);
}

interface Payload {
  readonly from: Holdings;
  readonly place: ArchivePlace;
}

/** Maps each payload digest to the first complete response that has it. */
async function payloadPlaces(all: readonly Holdings[]): Promise<Map<string, Payload>> {
  const places = new Map<string, Payload>();
  for (const from of all) {
    for (const file of await from.files()) {
      for await (const found of from.records(file)) {
        if ('damage' in found || found.fields.get('warc-type') !== 'response') continue;
        const { offset, length } = found;
        const isFirst = !found.fields.has('warc-truncated') && !places.has(payloadOf(found));
        if (isFirst) places.set(payloadOf(found), { from, place: { file, offset, length } });
      }
    }
  }
  return places;
}
