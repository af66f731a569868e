// robots.txt as RFC 9309 has it: parsed once, asked for every URL. Pure.

import { ROBOTS_BYTES_MAX, ROBOTS_RULES_MAX } from '../base/limits.ts';

export interface RobotsFile {
  readonly groups: readonly RobotsGroup[];
  readonly sitemaps: readonly string[];
}

interface RobotsGroup {
  /** Lower case. */
  readonly agents: readonly string[];
  readonly rules: readonly RobotsRule[];
  readonly crawlDelayMs: number | null;
}

interface RobotsRule {
  readonly isAllow: boolean;
  /** In one form of percent-encoding. */
  readonly pattern: string;
  /** As written, for people. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface RobotsDecision {
  readonly allowed: boolean;
  /** The line that decided; 0 where none did. */
  readonly line: number;
  readonly text: string;
}

export interface RobotsRules {
  decide(url: string): RobotsDecision;
  readonly crawlDelayMs: number | null;
  readonly sitemaps: readonly string[];
}

const CRAWL_DELAY_SECONDS_MAX = 86_400;
const FREE: RobotsDecision = { allowed: true, line: 0, text: '' };

/** Never throws; what is no robots.txt has no rules. */
export function parseRobots(bytes: Uint8Array): RobotsFile {
  const groups: RobotsGroup[] = [];
  const sitemaps: string[] = [];
  const text = textOf(bytes);
  if (/^\s*<(?:!doctype|html|head|body|\?xml)/i.test(text)) return { groups, sitemaps };
  let group: { agents: string[]; rules: RobotsRule[]; crawlDelayMs: number | null } | null = null;
  let isNaming = false;
  let count = 0;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.replace(/#.*/s, '').trim();
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const field = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (field === 'user-agent' || field === 'useragent') {
      // A line of an agent after a rule begins a new group; several in a row share one (section 2.1).
      if (group === null || !isNaming) {
        group = { agents: [], rules: [], crawlDelayMs: null };
        groups.push(group);
      }
      isNaming = true;
      group.agents.push(productOf(value));
    } else if (field === 'sitemap') {
      sitemaps.push(value);
    } else if (group !== null && (field === 'allow' || field === 'disallow')) {
      isNaming = false;
      if (value !== '' && ++count <= ROBOTS_RULES_MAX) {
        group.rules.push({ isAllow: field === 'allow', pattern: encoded(value), text: line, line: index + 1 });
      }
    } else if (group !== null && field === 'crawl-delay') {
      isNaming = false;
      group.crawlDelayMs = delayOf(value) ?? group.crawlDelayMs;
    }
  }
  return { groups, sitemaps };
}

/** The rules that hold for the product token `agent`: all groups that name it, or else all of `*` (section 2.2.1). */
export function rulesFor(file: RobotsFile, agent: string): RobotsRules {
  const name = agent.toLowerCase();
  const named = file.groups.filter(({ agents }) => agents.includes(name));
  const groups = named.length > 0 ? named : file.groups.filter(({ agents }) => agents.includes('*'));
  // Longest first, and Allow before Disallow of the same length: the first that matches decides (section 2.2.2).
  const rules = groups
    .flatMap((group) => group.rules)
    .sort((a, b) => b.pattern.length - a.pattern.length || Number(b.isAllow) - Number(a.isAllow));
  const delays = groups.flatMap(({ crawlDelayMs }) => crawlDelayMs ?? []);
  const crawlDelayMs = delays.length === 0 ? null : Math.max(...delays);
  const decide = (url: string): RobotsDecision => {
    if (rules.length === 0) return FREE;
    const path = pathOf(url);
    if (path === '/robots.txt') return FREE;
    const rule = rules.find(({ pattern }) => matches(pattern, path));
    return rule === undefined ? FREE : { allowed: rule.isAllow, line: rule.line, text: rule.text };
  };
  return { decide, crawlDelayMs, sitemaps: file.sitemaps };
}

/** Whether the pattern matches from the start of the path: `*` is any run, a final `$` the end. Linear but for the stars. */
function matches(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const pieces = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  const first = pieces[0] ?? '';
  if (!path.startsWith(first)) return false;
  let at = first.length;
  if (pieces.length === 1) return !isAnchored || at === path.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = path.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  const last = pieces.at(-1) ?? '';
  // What comes before the last piece took as little as it could, so the last may be looked for at the very end.
  return isAnchored ? path.length - last.length >= at && path.endsWith(last) : path.indexOf(last, at) >= 0;
}

function textOf(bytes: Uint8Array): string {
  let end = bytes.length;
  if (end > ROBOTS_BYTES_MAX) {
    end = ROBOTS_BYTES_MAX;
    // Half a rule may be the opposite of the whole: cut at a line.
    while (end > 0 && bytes[end - 1] !== 0x0a && bytes[end - 1] !== 0x0d) end -= 1;
  }
  return new TextDecoder().decode(bytes.subarray(0, end));
}

function productOf(value: string): string {
  return (/^[^\s/]+/.exec(value)?.[0] ?? '').toLowerCase();
}

function delayOf(value: string): number | null {
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(seconds) ? Math.min(seconds, CRAWL_DELAY_SECONDS_MAX) * 1000 : null;
}

function pathOf(url: string): string {
  const from = url.indexOf('/', url.indexOf('://') + 3);
  if (from < 0) return '/';
  const hash = url.indexOf('#', from);
  return encoded(hash < 0 ? url.slice(from) : url.slice(from, hash));
}

const PLAIN = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]*$/;
const ODD = /%[0-9a-f]{2}|[^A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]/giu;

/** One form of percent-encoding: unreserved decoded, all else that is not plain encoded as UTF-8 (section 2.2.2). */
function encoded(text: string): string {
  return PLAIN.test(text) ? text : text.toWellFormed().replace(ODD, encodedCharacter);
}

function encodedCharacter(match: string): string {
  if (match.length === 3 && match.startsWith('%')) {
    const char = String.fromCharCode(Number.parseInt(match.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(char) ? char : match.toUpperCase();
  }
  return encodeURIComponent(match);
}
