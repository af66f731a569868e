// Roots that robots.txt forbids, or where they redirect to: of these a crawl finds nothing, and its user should know why.

import type { HostRow, Ledger, Row } from './base/contracts.ts';
import { FORBIDDEN_ROOTS_TOLD_MAX, ROOTS_LOOKED_AT_MAX } from './base/limits.ts';
import { parseRobots, rulesFor } from './robots/rules.ts';
import { hostOf } from './url/host.ts';

export interface ForbiddenRoot {
  readonly root: string;
  /** Where the redirects of the root end; the root where it has none. */
  readonly url: string;
  /** The line of robots.txt that forbids it, from 1, and its text; 0 where robots.txt was itself forbidden. */
  readonly line: number;
  readonly text: string;
}

/** The first few, in the order of the roots. `agent` is the product token that robots.txt is matched with. */
export function forbiddenRoots(ledger: Ledger, agent: string): ForbiddenRoot[] {
  const forbidden: { root: string; url: string }[] = [];
  for (const root of ledger.identity().roots.slice(0, ROOTS_LOOKED_AT_MAX)) {
    const row = endOf(ledger, root);
    if (row?.reason === 'robots') forbidden.push({ root, url: row.url });
    if (forbidden.length >= FORBIDDEN_ROOTS_TOLD_MAX) break;
  }
  if (forbidden.length === 0) return [];
  const wanted = new Set(forbidden.map(({ url }) => hostOf(url)));
  const bodies = new Map<string, Uint8Array>();
  for (const { host, robots } of ledger.hosts()) if (wanted.has(host)) bodies.set(host, bodyOf(robots));
  return forbidden.map(({ root, url }) => {
    const { line, text } = rulesFor(parseRobots(bodies.get(hostOf(url)) ?? NOTHING), agent).decide(url);
    return { root, url, line, text };
  });
}

const NOTHING = new Uint8Array(0);

function bodyOf(robots: HostRow['robots']): Uint8Array {
  return robots?.body ?? NOTHING;
}

function endOf(ledger: Ledger, root: string): Row | null {
  const seen = new Set<string>();
  let row = ledger.row(root);
  while (row !== null && row.redirectTo !== null && !seen.has(row.url)) {
    seen.add(row.url);
    row = ledger.row(row.redirectTo);
  }
  return row;
}
