// robots.txt by RFC 9309: parsed once, then consulted for every URL. Pure functions. Where the RFC leaves a question
// open, the answer is that of Google's published parser, because site owners write for it.

import { asciiUrl } from '../base/headers.ts';
import { ROBOTS_RULES_MAX } from '../base/limits.ts';
import { atOnce, type Sliced } from '../base/slices.ts';
import { percentForm } from '../url/percent.ts';
import { type Compiled, compiling, type RobotsRule } from './compiled.ts';
import { recordOf, trimmed } from './record.ts';
import { robotsLines, SLICE_LINES } from './text.ts';

export type { RobotsRule } from './compiled.ts';

export interface RobotsFile {
  readonly groups: readonly RobotsGroup[];
  /** The Sitemap URLs as written. */
  readonly sitemaps: readonly string[];
  /** It has more lines than are read in one go. */
  readonly isLong: boolean;
}

export interface RobotsGroup {
  /** Product tokens in lower case, and `*`. */
  readonly agents: readonly string[];
  readonly rules: readonly RobotsRule[];
  readonly delays: readonly RobotsDelay[];
}

/**
 * A Crawl-delay and the agents of its group that it applies to: those from index `from` up to but not including `to`.
 */
interface RobotsDelay {
  readonly from: number;
  readonly to: number;
  /** Milliseconds; null if the value cannot be read. */
  readonly delayMs: number | null;
}

export interface RobotsDecision {
  readonly allowed: boolean;
  /** The number of the line that decided; 0 if no line did. */
  readonly line: number;
  /** The deciding line as written; empty if no line decided. */
  readonly text: string;
}

export interface RobotsRules {
  /** Whether an absolute URL may be requested. */
  decide(url: string): RobotsDecision;
  /** Whether it forbids anything. */
  readonly forbids: boolean;
  /** A decision may take milliseconds. */
  readonly isLong: boolean;
  readonly crawlDelayMs: number | null;
  readonly sitemaps: readonly string[];
  /** About how much memory they take once they are compiled. */
  readonly bytes: number;
}

const CRAWL_DELAY_MS_MAX = 86_400_000;
/** What an automaton takes besides its rules. */
const RULES_BYTES = 1_000;
const RULE_BYTES = 700;
const CHARACTER_BYTES = 40;
const FREE: RobotsDecision = { allowed: true, line: 0, text: '' };
/** A host whose rules take too long to match is not asked for the URL. */
const TOO_MUCH: RobotsDecision = { allowed: false, line: 0, text: 'too many rules to match in time' };

interface OpenGroup {
  readonly agents: string[];
  readonly rules: RobotsRule[];
  readonly delays: RobotsDelay[];
}

/** Parses a robots.txt. It never throws; bytes that are not a robots.txt give no rules. */
export function parseRobots(bytes: Uint8Array): RobotsFile {
  return atOnce(parsingRobots(bytes));
}

/** Reads the rules for `agent` in slices, and compiles them if they are many. */
export function* readingRules(bytes: Uint8Array, agent: string): Sliced<RobotsRules> {
  const file = yield* parsingRobots(bytes);
  if (!file.isLong) return rulesFor(file, agent);
  yield;
  const own = ownOf(file, agent);
  yield;
  return rulesBy(file, own, yield* compiling(own.written));
}

/** `parseRobots` in slices. */
export function* parsingRobots(bytes: Uint8Array): Sliced<RobotsFile> {
  const groups: OpenGroup[] = [];
  const sitemaps: string[] = [];
  let isNaming = false;
  let count = 0;
  let lines = 0;
  for (const { text: raw, line } of robotsLines(bytes)) {
    lines += 1;
    if (lines % SLICE_LINES === 0) yield;
    const record = recordOf(raw);
    if (record === null || count >= ROBOTS_RULES_MAX) continue;
    const { field, value } = record;
    const group = groups.at(-1);
    count += 1;
    if (field === 'agent') {
      // Consecutive User-agent lines share a group. Only Allow and Disallow end the row: no other record may come
      // between (section 2.2.4).
      if (group !== undefined && isNaming) group.agents.push(agentOf(value));
      else groups.push({ agents: [agentOf(value)], rules: [], delays: [] });
      isNaming = true;
    } else if (field === 'sitemap') {
      const written = utf8(value);
      // A URL that is not UTF-8 is requested as its octets stand.
      sitemaps.push(written.includes('\ufffd') ? asciiUrl(value) : written);
    } else if (group !== undefined && field === 'delay') {
      group.delays.push(delayFor(group, delayOf(value)));
    } else if (group !== undefined) {
      isNaming = false;
      const isAllow = field === 'allow';
      if (value !== '') {
        group.rules.push({ isAllow, pattern: ownText(patternForm(value)), octets: ownText(raw), line });
      }
    }
  }
  return { groups, sitemaps, isLong: lines >= SLICE_LINES };
}

/**
 * Crawl-delay, an old extension. It applies to the agents named since the last Crawl-delay or, if there are none, to
 * the same agents again.
 */
function delayFor({ agents, delays }: OpenGroup, delayMs: number | null): RobotsDelay {
  const last = delays.at(-1);
  const to = agents.length;
  if (last === undefined) return { from: 0, to, delayMs };
  return last.to < to ? { from: last.to, to, delayMs } : { ...last, delayMs };
}

/** About what the engine needs for texts of rules, as measured: objects, lists, and the states of an automaton. */
function bytesOf(texts: readonly string[]): number {
  return texts.reduce((bytes, { length }) => bytes + RULE_BYTES + CHARACTER_BYTES * length, 0);
}

/** The engine makes a part of a text a view of the whole text, and a rule would keep its whole file in memory. */
function ownText(part: string): string {
  return Buffer.from(part, 'latin1').toString('latin1');
}

/** What a file says to one agent. */
interface OwnRecords {
  readonly written: readonly RobotsRule[];
  readonly crawlDelayMs: number | null;
}

/** The rules for the product token `agent`. */
export function rulesFor(file: RobotsFile, agent: string): RobotsRules {
  return rulesBy(file, ownOf(file, agent), null);
}

/** All groups that name the agent or, if no group does, all groups for `*` (section 2.2.1). */
function ownOf(file: RobotsFile, agent: string): OwnRecords {
  const token = agent.split('/', 1)[0]!.toLowerCase();
  const isNamed = file.groups.some(({ agents }) => agents.includes(token));
  const name = isNamed ? token : '*';
  const groups = file.groups.filter(({ agents }) => agents.includes(name));
  const delays = groups.flatMap(({ agents, delays }) => {
    const position = agents.indexOf(name);
    return delays.filter(({ from, to }) => from <= position && position < to);
  });
  return {
    written: groups.flatMap((group) => group.rules),
    crawlDelayMs: delays.find(({ delayMs }) => delayMs !== null)?.delayMs ?? null,
  };
}

/** There is one for each host in memory, so it keeps no more than it needs. */
function rulesBy(file: RobotsFile, { written, crawlDelayMs }: OwnRecords, ready: Compiled | null): RobotsRules {
  const { sitemaps, isLong } = file;
  const isFree = written.length === 0;
  const forbids = written.some(({ isAllow }) => !isAllow);
  const texts = [...written.map(({ pattern }) => pattern), ...sitemaps];
  // With the first URL: whoever asks for delays alone needs none, and in tens of thousands of rules it takes a while.
  let compiled: Compiled | null = ready;
  let uncompiled: readonly RobotsRule[] = ready === null ? written : [];
  const decide = (url: string): RobotsDecision => {
    if (isFree) return FREE;
    const path = pathOf(url);
    if (path === '/robots.txt') return FREE;
    if (compiled === null) {
      compiled = atOnce(compiling(uncompiled));
      uncompiled = [];
    }
    const { rules, patterns } = compiled;
    const first = patterns.first(path);
    return first === null ? TOO_MUCH : first < 0 ? FREE : decisionBy(rules[first]!);
  };
  return {
    decide,
    forbids,
    isLong,
    crawlDelayMs,
    sitemaps,
    bytes: (isFree ? 0 : RULES_BYTES) + bytesOf(texts),
  };
}

function decisionBy({ isAllow, line, octets }: RobotsRule): RobotsDecision {
  return { allowed: isAllow, line, text: utf8(trimmed(octets)) };
}

// What follows the name (`bot/2.1`, `bot*`, `bot (see ...)`) is ignored. Real names may contain digits and dots.
export function agentOf(value: string): string {
  return /^[(<[]?\*+(?![*\w-])/.test(value) ? '*' : /^[\w.-]*/.exec(value)![0].toLowerCase();
}

/**
 * The number at the beginning, with a decimal point or comma. Of what follows it only a unit of milliseconds counts.
 */
function delayOf(value: string): number | null {
  const [, written, unit] = /^(\d{1,9}(?:[.,]\d{0,9})?|[.,]\d{1,9})[ \t]*(ms\b|milli)?/i.exec(value) ?? [];
  if (written === undefined) return null;
  const milliseconds = Number(written.replace(',', '.')) * (unit === undefined ? 1000 : 1);
  return Math.min(milliseconds, CRAWL_DELAY_MS_MAX);
}

/** A URL whose characters all have the same form in a pattern. */
const PLAIN = /^https?:\/\/[^/?#]+(\/[\w\-.~/?&=+:@!,;()]*)$/;

/** Path and query of a URL in the form of the patterns. Characters that are special in a pattern are ordinary here. */
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

/** Half an escape before a star or the end. */
const HALF_ESCAPE = /%[\da-f]?(?=\*|$)/gi;

/**
 * The pattern with percent-encoding in one form. Half an escape stays, because it is the beginning of every escape that
 * begins with it: `Disallow: /*%` forbids all URLs with an escape.
 */
export function patternForm(octets: string): string {
  if (!octets.includes('%')) return octetForm(octets);
  const halves = octets.match(HALF_ESCAPE) ?? [];
  return octets
    .split(HALF_ESCAPE)
    .map((whole, at) => octetForm(whole) + (halves[at] ?? '').toUpperCase())
    .join('');
}

/** Octets with percent-encoding in one form (section 2.2.2). URLs have `'` encoded in queries and plain in paths. */
function octetForm(octets: string): string {
  return percentForm(octets.replace(/[\x80-\xff']/g, (octet) => `%${octet.charCodeAt(0).toString(16)}`));
}

function utf8(octets: string): string {
  return Buffer.from(octets, 'latin1').toString();
}
