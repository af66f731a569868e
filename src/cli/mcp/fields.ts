// Fields that several tools take or give.

import type { Row } from '../../base/contracts.ts';
import type { Summary } from '../../base/run-figures.ts';
import {
  amount,
  flag,
  object,
  oneOf,
  optional,
  orNull,
  type Schema,
  type TypeOf,
  text,
  told,
  whole,
} from '../../serve/api/schema.ts';
import { isoTime } from '../../views/tables/record.ts';
import { NOTICE, seenLine } from './page-text.ts';

interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly default?: unknown;
}

/** The same, only within bounds. What has a default may be missing. */
export function within<S extends Schema<unknown>>(bounds: Bounds, of: S): S {
  return { ...of, json: { ...of.json, ...bounds } };
}

export const job = optional(
  told(
    'The name of a job, as status lists it. It may be left out if there is only one.',
    within({ minLength: 1, maxLength: 1_000 }, text),
  ),
);
export const url = told('The URL of a page.', within({ minLength: 1, maxLength: 10_000 }, text));
export const notice = oneOf(NOTICE);
export const title = told('The title of the page.', orNull(text));

/** How many entries a list has at most. */
export function most(usual: number, highest: number) {
  const about = `The most entries to return (at most ${highest}).`;
  return optional(told(about, within({ minimum: 1, maximum: highest, default: usual }, whole)));
}

/** Where a part of a list or a text begins. */
export function from(about: string, highest = Number.MAX_SAFE_INTEGER) {
  return optional(told(about, within({ minimum: 0, maximum: highest, default: 0 }, whole)));
}

/** The value of `from` for the next part. */
export const next = told('The value of "from" for what follows; null at the end.', orNull(whole));

export const jobFields = {
  job: text,
  state: oneOf('finished', 'unfinished'),
  isRunning: told('A process works on it now.', flag),
  stoppedBy: told('Why the last run ended before the job was finished.', orNull(text)),
  urls: object({ queued: whole, leased: whole, done: whole, failed: whole, skipped: whole }),
  requests: whole,
  bytes: whole,
  seconds: amount,
  isSearchable: told('It has an index for the tool search.', flag),
};
const jobState = object(jobFields);

export function jobStateOf(
  { job: folder, state, stoppedBy, urls, requests, bytes, elapsedMs }: Summary,
  more: Pick<TypeOf<typeof jobState>, 'isRunning' | 'isSearchable'>,
): TypeOf<typeof jobState> {
  const seconds = Math.round(elapsedMs / 100) / 10;
  return { ...{ job: folder, state, stoppedBy, urls, requests, bytes, seconds }, ...more };
}

/** A URL of a job, in lists. */
export const listedUrl = object({
  url: text,
  state: oneOf('queued', 'leased', 'done', 'failed', 'skipped'),
  why: told('Why it failed or was skipped.', orNull(text)),
  status: orNull(whole),
  type: orNull(text),
  depth: told('Links from a root.', whole),
  fetchedAt: orNull(text),
  pageSays: object({ title }),
});

export function listedUrlOf(row: Row): TypeOf<typeof listedUrl> {
  const { url: address, state, reason, error, status, contentType, depth, fetchedAt } = row;
  return {
    ...{
      url: address,
      state,
      why: reason ?? error,
      status: status || null,
      type: seenLine(contentType || null),
      depth,
    },
    fetchedAt: isoTime(fetchedAt),
    pageSays: { title: seenLine(row.title) },
  };
}
