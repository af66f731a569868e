// Where the roots of a job ended, and what its user should know about that: robots.txt forbids it, it gave no response,
// or secrets were not sent to it.

import type { JobReader, Ledger, Row, RowReader } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { ROOTS_LOOKED_AT_MAX, ROOTS_TOLD_MAX } from '../base/limits.ts';
import { isDowngrade, type RequestFields, withheldFrom } from '../options/request-fields.ts';
import { parseRobots, rulesFor } from '../robots/rules.ts';
import { hostOf } from '../url/host.ts';
import { agentsIn } from '../url/host-agents.ts';

export interface RootEnd {
  readonly root: string;
  /** Where the redirects of the root end; the root itself if there are none. */
  readonly url: string;
}

export interface ForbiddenRoot extends RootEnd {
  /**
   * The number, from 1, and the text of the robots.txt line that forbids it; 0 if no single line forbids it, for
   * example if the status of robots.txt does.
   */
  readonly line: number;
  readonly text: string;
}

/** A root that does not get the secret headers, or that redirects to another origin, which does not get them. */
export interface UntoldRoot extends RootEnd {
  /** The names of the header fields that were not sent. */
  readonly withheld: readonly string[];
  /** The URL is http and a root is https, so that it does not help to make the URL a root. */
  readonly isDowngrade: boolean;
}

/** A root that gave no response. */
export interface SilentRoot extends RootEnd {
  readonly error: ErrorCode;
  /** What happened in words; empty if there is nothing to say. */
  readonly detail: string;
}

/** The first few roots of each kind, in their order. */
export interface RootsToTell {
  readonly forbidden: readonly ForbiddenRoot[];
  readonly silent: readonly SilentRoot[];
  readonly untold: readonly UntoldRoot[];
}

export const NOTHING_TO_TELL: RootsToTell = { forbidden: [], silent: [], untold: [] };

/** `agent` has the product tokens that robots.txt is matched with. */
export async function rootsToTell(
  ledger: Ledger,
  agent: string,
  given: Pick<RequestFields, 'secrets' | 'logins'>,
): Promise<RootsToTell> {
  const forbidden: RootEnd[] = [];
  const silent: SilentRoot[] = [];
  const untold: UntoldRoot[] = [];
  const { roots } = await ledger.job.identity();
  for (const root of roots.slice(0, ROOTS_LOOKED_AT_MAX)) {
    const end = await endOf(ledger.rows, root);
    if (end === null) continue;
    const { url, reason, error, status, detail } = end;
    const withheld = withheldFrom(given, url);
    if (reason === 'robots' && forbidden.length < ROOTS_TOLD_MAX) forbidden.push({ root, url });
    if (error !== null && status === null && silent.length < ROOTS_TOLD_MAX)
      silent.push({ root, url, error, detail: detail ?? '' });
    if (withheld.length === 0 || untold.length >= ROOTS_TOLD_MAX) continue;
    untold.push({ root, url, withheld, isDowngrade: isDowngrade(url, roots) });
  }
  return { forbidden: await withLines(ledger.job, agent, forbidden), silent, untold };
}

async function withLines(job: JobReader, agent: string, ends: readonly RootEnd[]): Promise<ForbiddenRoot[]> {
  if (ends.length === 0) return [];
  const wanted = new Set(ends.map(({ url }) => hostOf(url)));
  const bodies = new Map<string, Uint8Array>();
  for await (const hosts of job.hosts()) {
    for (const { host, robots } of hosts) {
      if (wanted.has(host) && robots !== null && robots.body !== null) bodies.set(host, robots.body);
    }
  }
  const agentOf = agentsIn(agent);
  return ends.map((end) => {
    const host = hostOf(end.url);
    const rules = rulesFor(parseRobots(bodies.get(host) ?? new Uint8Array(0)), agentOf(host));
    const { line, text } = rules.decide(end.url);
    return { ...end, line, text };
  });
}

async function endOf(rows: RowReader, root: string): Promise<Row | null> {
  const seen = new Set<string>();
  let row = await rows.find(root);
  while (row !== null && row.redirectTo !== null && !seen.has(row.url)) {
    seen.add(row.url);
    row = await rows.find(row.redirectTo);
  }
  return row;
}
