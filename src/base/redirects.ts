// Which responses are redirects, and which bodies are the requested content.

import type { RawHeaders } from './contracts.ts';
import { headerAll } from './headers.ts';

interface Head {
  readonly status: number;
  readonly headers: RawHeaders;
}

/** Statuses that redirect by their `Location`: RFC 9110, section 15.4. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** The target of a redirect, as written; null if the response names no target and so is not a redirect. */
export function writtenLocation({ status, headers }: Head): string | null {
  if (!isRedirect(status)) return null;
  return headerAll(headers, 'location').find((value) => value.trim() !== '') ?? null;
}

/** The body is the requested content, so its links count. */
export function isContent(head: Head): boolean {
  const { status } = head;
  return (status >= 200 && status <= 299) || (isRedirect(status) && writtenLocation(head) === null);
}

/** The same for a row, which stores the target of its redirect. */
export function hasContent(row: { readonly status: number | null; readonly redirectTo: string | null }): boolean {
  const status = row.status ?? 0;
  return (status >= 200 && status <= 299) || (isRedirect(status) && row.redirectTo === null);
}
