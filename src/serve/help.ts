// What a status, an error or a reason means to the owner of a site, in a sentence.

import type { ErrorCode } from '../base/errors.ts';
import { ERRORS } from '../views/report/words.ts';

const STATUSES: Readonly<Record<string, string>> = {
  400: 'the server did not understand the request',
  401: 'it wants a password; --auth gives one',
  403: 'the server forbids it',
  404: 'there is nothing at this address',
  405: 'the server does not let it be read',
  410: 'it was taken away for good',
  429: 'we asked too often; a --delay helps',
  500: 'the server failed',
  502: 'the server behind the server failed',
  503: 'the server has too much to do, or is being worked on',
  504: 'the server behind the server did not answer in time',
};

const SKIPPED: Readonly<Record<string, string>> = {
  scope: 'it is outside of the job; --scope makes it wider',
  robots: 'robots.txt forbids it',
  depth: 'it is more links away from a root than --depth allows',
  trap: 'it belongs to an endless series of pages; gossamer retry queues it all the same',
  address: 'its address is private; --allow-private allows it',
  port: 'its port is unusual for the web; --allow-port allows it',
  scheme: 'only http and https are asked for',
  nofollow: 'only nofollow links lead to it; --follow-nofollow follows them',
  'url-length': 'it is longer than servers accept',
  budget: 'its host has reached --host-limit',
  excluded: 'a pattern excludes it',
  logout: 'it looks like a logout',
  removed: 'it was taken down',
};

/** `by` is the name of a column. Null if there is nothing to say. */
export function helpOf(by: string, value: string | null): string | null {
  if (value === null) return null;
  const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    status: STATUSES,
    error: ERRORS satisfies Readonly<Record<ErrorCode, string>>,
    reason: SKIPPED,
  };
  const text = words[by]?.[value];
  if (text !== undefined) return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return by === 'status' && Number(value) >= 500 ? 'The server failed.' : null;
}
