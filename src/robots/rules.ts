// robots.txt as RFC 9309 has it: parsed once, asked for every URL. Pure. Where the RFC leaves things open it reads as Google's
// published parser does, because that is what the files are written for.

import { asciiUrl } from '../base/headers.ts';
import { ROBOTS_RULES_MAX } from '../base/limits.ts';
import { percentForm } from '../url/percent.ts';
import { Patterns } from './patterns.ts';
import { recordOf, trimmed } from './record.ts';
import { robotsLines } from './text.ts';

export interface RobotsFile {
  readonly groups: readonly RobotsGroup[];
  /** As written. */
  readonly sitemaps: readonly string[];
}

export interface RobotsGroup {
  /** Product tokens in lower case, and `*`. */
  readonly agents: readonly string[];
  readonly rules: readonly RobotsRule[];
  readonly delays: readonly RobotsDelay[];
}

export interface RobotsRule {
  readonly isAllow: boolean;
  /** Path pattern in one form of percent-encoding. */
  readonly pattern: string;
  /** The line as written, for people. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A Crawl-delay, and for which of its group's agents it holds: from the one up to and without the other. */
interface RobotsDelay {
  readonly from: number;
  readonly to: number;
  /** Null where it cannot be read. */
  readonly delayMs: number | null;
}

export interface RobotsDecision {
  readonly allowed: boolean;
  /** The line that decided; 0 where none did. */
  readonly line: number;
  /** That line as written; empty where none did. */
  readonly text: string;
}

export interface RobotsRules {
  /** Whether an absolute URL may be asked for. */
  decide(url: string): RobotsDecision;
  readonly crawlDelayMs: number | null;
  readonly sitemaps: readonly string[];
}

const CRAWL_DELAY_MS_MAX = 86_400_000;
const FREE: RobotsDecision = { allowed: true, line: 0, text: '' };
/** Whoever writes rules that cannot be read in time is not asked. */
const TOO_MUCH: RobotsDecision = { allowed: false, line: 0, text: 'too many rules to match in time' };

interface OpenGroup {
  readonly agents: string[];
  readonly rules: RobotsRule[];
  readonly delays: RobotsDelay[];
}

/** Never throws; what is no robots.txt has no rules. */
export function parseRobots(bytes: Uint8Array): RobotsFile {
  const groups: OpenGroup[] = [];
  const sitemaps: string[] = [];
  let isNaming = false;
  let count = 0;
  for (const { text: raw, line } of robotsLines(bytes)) {
    const record = recordOf(raw);
    if (record === null || count >= ROBOTS_RULES_MAX) continue;
    const { field, value } = record;
    const group = groups.at(-1);
    count += 1;
    if (field === 'agent') {
      // Agents in a row share a group. Only Allow and Disallow end the row: no other record may come between (section 2.2.4).
      if (group !== undefined && isNaming) group.agents.push(agentOf(value));
      else groups.push({ agents: [agentOf(value)], rules: [], delays: [] });
      isNaming = true;
    } else if (field === 'sitemap') {
      const written = utf8(value);
      // What is no UTF-8 is asked for as it stands.
      sitemaps.push(written.includes('\ufffd') ? asciiUrl(value) : written);
    } else if (group !== undefined && field === 'delay') {
      group.delays.push(delayFor(group, delayOf(value)));
    } else if (group !== undefined) {
      isNaming = false;
      const isAllow = field === 'allow';
      if (value !== '') group.rules.push({ isAllow, pattern: octetForm(value), text: utf8(trimmed(raw)), line });
    }
  }
  return { groups, sitemaps };
}

/** An extension of old: it holds for the agents that were named since the last one, or for the same ones again. */
function delayFor({ agents, delays }: OpenGroup, delayMs: number | null): RobotsDelay {
  const last = delays.at(-1);
  const to = agents.length;
  if (last === undefined) return { from: 0, to, delayMs };
  return last.to < to ? { from: last.to, to, delayMs } : { ...last, delayMs };
}

/** The rules that hold for the product token `agent`: all groups that name it, or else all of `*` (section 2.2.1). */
export function rulesFor(file: RobotsFile, agent: string): RobotsRules {
  const token = agent.split('/', 1)[0]!.toLowerCase();
  const isNamed = file.groups.some(({ agents }) => agents.includes(token));
  const name = isNamed ? token : '*';
  const groups = file.groups.filter(({ agents }) => agents.includes(name));
  const rules = preferred(groups.flatMap((group) => group.rules));
  const patterns = new Patterns(rules.map(({ pattern }) => pattern));
  const delays = groups.flatMap(({ agents, delays }) => {
    const position = agents.indexOf(name);
    return delays.filter(({ from, to }) => from <= position && position < to);
  });
  const decide = (url: string): RobotsDecision => {
    if (rules.length === 0) return FREE;
    const path = pathOf(url);
    if (path === '/robots.txt') return FREE;
    const first = patterns.first(path);
    return first === null ? TOO_MUCH : first < 0 ? FREE : decisionBy(rules[first]!);
  };
  return {
    decide,
    crawlDelayMs: delays.find(({ delayMs }) => delayMs !== null)?.delayMs ?? null,
    sitemaps: file.sitemaps,
  };
}

/** Longest first, and Allow before Disallow of the same length: the first that matches decides (section 2.2.2). Of equal ones the first is enough. */
function preferred(rules: readonly RobotsRule[]): RobotsRule[] {
  const sorted = [...rules].sort(
    (a, b) => b.pattern.length - a.pattern.length || Number(b.isAllow) - Number(a.isAllow),
  );
  const first = new Map<string, RobotsRule>();
  for (const rule of sorted) if (!first.has(rule.pattern)) first.set(rule.pattern, rule);
  return [...first.values()];
}

function decisionBy({ isAllow, line, text }: RobotsRule): RobotsDecision {
  return { allowed: isAllow, line, text };
}

// What stands behind the name (`bot/2.1`, `bot*`, `bot (see ...)`) says nothing. Real names have digits and dots too.
function agentOf(value: string): string {
  return /^\*(?:\s|$)/.test(value) ? '*' : /^[\w.-]*/.exec(value)![0].toLowerCase();
}

/** The number at the beginning, with a point or a comma; what stands behind it says nothing, but for milliseconds. */
function delayOf(value: string): number | null {
  const [, written, unit] = /^(\d{1,9}(?:[.,]\d{0,9})?|[.,]\d{1,9})[ \t]*(ms\b|milli)?/i.exec(value) ?? [];
  if (written === undefined) return null;
  const milliseconds = Number(written.replace(',', '.')) * (unit === undefined ? 1000 : 1);
  return Math.min(milliseconds, CRAWL_DELAY_MS_MAX);
}

/** A URL all of whose characters are the same in a pattern. */
const PLAIN = /^https?:\/\/[^/?#]+(\/[\w\-.~/?&=+:@!,;()]*)$/;

/** Path and query of a URL in the form of the patterns; what is special there is no more than a character here. */
function pathOf(url: string): string {
  return PLAIN.exec(url)?.[1] ?? anyPathOf(url);
}

function anyPathOf(url: string): string {
  const authority = url.indexOf('://') + 3;
  const start = url.slice(authority).search(/[/?#]/);
  const rest = start < 0 ? '' : url.slice(authority + start).replace(/#.*$/s, '');
  const path = octetForm(Buffer.from(rest.startsWith('/') ? rest : `/${rest}`).toString('latin1'));
  return path.replaceAll('*', '%2A').replaceAll('$', '%24');
}

/** One form of percent-encoding for text of octets (section 2.2.2). URLs have `'` encoded in queries and plain in paths. */
function octetForm(octets: string): string {
  return percentForm(octets.replace(/[\x80-\xff']/g, (octet) => `%${octet.charCodeAt(0).toString(16)}`));
}

function utf8(octets: string): string {
  return Buffer.from(octets, 'latin1').toString();
}
