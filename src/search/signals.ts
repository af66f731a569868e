// Pages that ask not to be found: `noindex` in a page or a header, and signals that forbid searches, in a header or in
// the robots.txt of a host (Content-Signal by contentsignals.org, Content-Usage by the IETF's AI preferences).

import type { Ledger, Row } from '../base/contracts.ts';
import { headerAll } from '../base/headers.ts';
import type { RawHeaders } from '../base/outcome.ts';
import { robotsTagDirectives } from '../parse/robots-tag.ts';
import { agentOf, patternForm, type RobotsRule, rulesFor } from '../robots/rules.ts';
import { robotsLines } from '../robots/text.ts';
import { hostOf } from '../url/host.ts';
import { agentsIn } from '../url/host-agents.ts';

/** What can be known of a row without its record, and what only its headers tell. */
export interface SearchSignals {
  isBarred(row: Row): boolean;
  isBarredBy(row: Row, headers: RawHeaders): boolean;
}

const SIGNALS = ['content-signal', 'content-usage'];
const MENTIONS = /content-?[ ]?(?:signal|usage)/i;
const LINE = /^\s*(user-?[ ]?agent|allow|disallow|content-signal|content-usage)\s*:\s*(.*)$/i;
/** What is allowed, or what is not, perhaps below a path. */
const SEARCH = /(?:^|[\s,;])search\s*=\s*(yes|y|no|n)(?=$|[\s,;])/i;
const OUR_NAME = 'gossamer';

/** Reads the robots.txt files that the job has. */
export async function searchSignals({ job }: Pick<Ledger, 'job'>): Promise<SearchSignals> {
  const agentFor = agentsIn(((await job.runs()).at(-1)?.agent || OUR_NAME).toLowerCase());
  const hosts = new Map<string, (url: string) => boolean>();
  for await (const page of job.hosts()) {
    for (const { host, robots } of page) {
      const allows = robots === null || robots.body === null ? null : searchRules(robots.body, agentFor(host));
      if (allows !== null) hosts.set(host, allows);
    }
  }
  return {
    isBarred({ url, text }) {
      if (forbids(text?.robots ?? [])) return true;
      const allows = hosts.size === 0 ? undefined : hosts.get(hostOf(url) ?? '');
      return allows !== undefined && !allows(url);
    },
    isBarredBy({ url }, headers) {
      const tags = headerAll(headers, 'x-robots-tag');
      if (tags.length > 0 && forbids(robotsTagDirectives(tags, agentFor(hostOf(url))))) return true;
      return SIGNALS.some((name) => headerAll(headers, name).some((value) => preferenceOf(value) === false));
    },
  };
}

function forbids(directives: readonly string[]): boolean {
  return directives.includes('noindex') || directives.includes('none');
}

/** Whether the value allows searches; null if it says nothing about them. */
function preferenceOf(value: string): boolean | null {
  const said = SEARCH.exec(value)?.[1];
  return said === undefined ? null : said.toLowerCase().startsWith('y');
}

/**
 * Which URLs a robots.txt allows in searches; null if it says nothing about that. A signal belongs to its group, as
 * Allow does, and the longest path decides.
 */
export function searchRules(body: Uint8Array, agent: string): ((url: string) => boolean) | null {
  const isPacked = body[0] === 0x1f;
  if (!isPacked && !MENTIONS.test(Buffer.from(body).toString('latin1').replaceAll('\0', ''))) return null;
  const groups: { agents: string[]; rules: RobotsRule[]; delays: [] }[] = [];
  let isNaming = false;
  for (const { text, line } of robotsLines(body)) {
    const [, field, written] = LINE.exec(text.replace(/#.*$/, '')) ?? [];
    if (field === undefined || written === undefined) continue;
    const value = written.trimEnd();
    const isAgent = /^user/i.test(field);
    if (isAgent && isNaming) groups.at(-1)!.agents.push(agentOf(value));
    else if (isAgent) groups.push({ agents: [agentOf(value)], rules: [], delays: [] });
    isNaming = isAgent;
    const isAllow = SIGNALS.includes(field.toLowerCase()) ? preferenceOf(value) : null;
    if (isAllow === null) continue;
    // What stands before all groups is for everybody.
    if (groups.length === 0) groups.push({ agents: ['*'], rules: [], delays: [] });
    const pattern = patternForm(/^\/\S*/.exec(value)?.[0] ?? '/');
    groups.at(-1)!.rules.push({ isAllow, pattern, octets: text, line });
  }
  if (groups.every(({ rules }) => rules.length === 0)) return null;
  const rules = rulesFor({ groups, sitemaps: [], isLong: false }, agent);
  return (url) => rules.decide(url).allowed;
}
