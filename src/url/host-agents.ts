// The product tokens that robots.txt is matched with: that of a run, and those that single hosts have of their own. In
// a store they are one text: the token of the run, and behind a space those of hosts as JSON.

import { partsOf } from './host.ts';
import { createHostTable } from './host-pattern.ts';

/** The token that a server receives (RFC 9309, section 2.2.1). */
export function productToken(userAgent: string | null): string {
  return /^[^/\s]+/.exec(userAgent ?? '')?.[0] ?? 'gossamer';
}

/** `own` has the tokens by the names of hosts. */
export function agentsText(token: string, own: Readonly<Record<string, string>>): string {
  return Object.keys(own).length === 0 ? token : `${token} ${JSON.stringify(own)}`;
}

/** The token for each host, from the text that `agentsText` made. A text that was changed by others has but one. */
export function agentsIn(text: string): (host: string) => string {
  const [, token = '', json = ''] = /^(\S*) ?(.*)$/s.exec(text)!;
  const entries = Object.entries(objectIn(json)).filter(([, each]) => typeof each === 'string');
  if (entries.length === 0) return () => token;
  const table = createHostTable(entries);
  return (host) => String(table(partsOf(host)).at(-1) ?? token);
}

function objectIn(json: string): object {
  try {
    return Object(json === '' ? {} : JSON.parse(json)) as object;
  } catch {
    return {};
  }
}
