// Which responses are redirects, and which bodies are what was asked for.

import type { RawHeaders } from './contracts.ts';
import { headerAll } from './headers.ts';

interface Head {
  readonly status: number;
  readonly headers: RawHeaders;
}

/** RFC 9110, section 15.4: those that lead on by their `Location`. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** Where a redirect leads, as written; null where it names nothing, because then it is none. */
export function writtenLocation({ status, headers }: Head): string | null {
  if (!isRedirect(status)) return null;
  return headerAll(headers, 'location').find((value) => value.trim() !== '') ?? null;
}

/** The body is what was asked for: it may lead on. */
export function isContent(head: Head): boolean {
  const { status } = head;
  return (status >= 200 && status <= 299) || (isRedirect(status) && writtenLocation(head) === null);
}

/** The same of a row, which knows where its redirect leads. */
export function hasContent(row: { readonly status: number | null; readonly redirectTo: string | null }): boolean {
  const status = row.status ?? 0;
  return (status >= 200 && status <= 299) || (isRedirect(status) && row.redirectTo === null);
}
