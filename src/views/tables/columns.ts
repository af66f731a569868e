// A row of the ledger as cells of a table: the fields of the record, without nesting.

import type { Row } from '../../base/contracts.ts';
import { isoTime } from './record.ts';

/** `count` is below 2^31, `size` below 2^53; `time` is in wall milliseconds. */
export type Column =
  | { readonly name: string; readonly type: 'text'; readonly of: (row: Row) => string | null }
  | { readonly name: string; readonly type: 'count' | 'size' | 'time'; readonly of: (row: Row) => number | null };

/** In the order of `UrlRecord`. */
export const COLUMNS: readonly Column[] = [
  { name: 'url', type: 'text', of: ({ url }) => url },
  { name: 'key', type: 'text', of: ({ key }) => key },
  { name: 'state', type: 'text', of: ({ state }) => state },
  { name: 'reason', type: 'text', of: ({ reason }) => reason },
  { name: 'error', type: 'text', of: ({ error }) => error },
  { name: 'status', type: 'count', of: ({ status }) => status },
  { name: 'truncated', type: 'text', of: ({ truncated }) => truncated },
  { name: 'depth', type: 'count', of: ({ depth }) => depth },
  { name: 'referrer', type: 'text', of: ({ referrer }) => referrer },
  { name: 'redirectTo', type: 'text', of: ({ redirectTo }) => redirectTo },
  { name: 'redirectFragment', type: 'text', of: ({ redirectFragment }) => redirectFragment },
  { name: 'tries', type: 'count', of: ({ tries }) => tries },
  { name: 'contentType', type: 'text', of: ({ contentType }) => contentType },
  { name: 'charset', type: 'text', of: ({ charset }) => charset },
  { name: 'bytes', type: 'size', of: ({ bytes }) => bytes },
  { name: 'sha256', type: 'text', of: ({ sha256 }) => sha256 },
  { name: 'title', type: 'text', of: ({ title }) => title },
  { name: 'links', type: 'count', of: ({ links }) => links },
  // A time outside the range of a Date is empty, as in the record.
  { name: 'fetchedAt', type: 'time', of: ({ fetchedAt }) => (isoTime(fetchedAt) === null ? null : fetchedAt) },
  { name: 'elapsedMs', type: 'size', of: ({ elapsedMs }) => elapsedMs },
  { name: 'remoteAddress', type: 'text', of: ({ remoteAddress }) => remoteAddress },
  { name: 'protocol', type: 'text', of: ({ protocol }) => protocol },
  { name: 'archiveFile', type: 'text', of: ({ archive }) => archive?.file ?? null },
  { name: 'archiveOffset', type: 'size', of: ({ archive }) => archive?.offset ?? null },
  { name: 'archiveLength', type: 'size', of: ({ archive }) => archive?.length ?? null },
  { name: 'description', type: 'text', of: ({ text }) => text?.description ?? null },
  { name: 'language', type: 'text', of: ({ text }) => text?.language ?? null },
  { name: 'canonical', type: 'text', of: ({ text }) => text?.canonical ?? null },
  { name: 'robots', type: 'text', of: ({ text }) => text?.robots?.join(' ') ?? null },
  { name: 'unkeptDropped', type: 'count', of: ({ unkept }) => unkept?.dropped ?? null },
  { name: 'unkeptTooLong', type: 'count', of: ({ unkept }) => unkept?.tooLong ?? null },
  { name: 'unkeptOtherScheme', type: 'count', of: ({ unkept }) => unkept?.otherScheme ?? null },
  { name: 'detail', type: 'text', of: ({ detail }) => detail },
];
