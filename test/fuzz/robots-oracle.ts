// A naive reading of RFC 9309: line by line, one pattern after the other, with no tolerance but for the fields that are
// often misspelt.

import { octetsOf, slowForm } from './octets.ts';
import { words } from './words.ts';

interface NaiveRule {
  readonly isAllow: boolean;
  readonly pattern: string;
  readonly line: number;
}

interface NaiveGroup {
  readonly agents: readonly string[];
  readonly rules: readonly NaiveRule[];
}

export interface NaiveFile {
  readonly groups: readonly NaiveGroup[];
  readonly sitemaps: readonly string[];
}

const DISALLOWS = [
  ...words('disallow dissallow dissalow disalow diasllow disallaw disallowed disallows dis-allow'),
  'dis allow',
];
const AGENTS = ['user agent', 'user agents', ...words('user-agent useragent user_agent user-agents useragents')];
const FIELDS = [...DISALLOWS, ...AGENTS, ...words('allow sitemap site-map crawl-delay crawldelay')];

/** Null where the file has what only tolerance can read: markup, quotes, other encodings. */
export function readNaively(octets: string): NaiveFile | null {
  const text = octets.replace(/^\xef\xbb\xbf/, '');
  if (/[^\t\n\r\x20-\x7e\xc3\xa4]|\xc3(?!\xa4)|(?<!\xc3)\xa4|<|\\[rn]|&#/.test(text)) return null;
  // One line, signs of a list before a field, `=` in the place of a colon, more colons than one.
  if (!/[\n\r]/.test(text.trimEnd()) || /^[ \t]*(?:[-*+>?]|\d|&#|[^:\n\r]*=)|:[ \t]*:/m.test(text)) return null;
  // A garbled mark before the first field.
  if (/^[^a-z#\n\r]*[^a-z#\s][^a-z#\n\r]*(?:user|dis|allow|crawl|site)/i.test(text)) return null;
  // Two records in one line.
  if (/(?:agent|allow|delay|map)[ \t]*:[^\n\r]*(?:agent|allow|delay|map)[ \t]*:/i.test(text)) return null;
  const groups: { agents: string[]; rules: NaiveRule[] }[] = [];
  const sitemaps: string[] = [];
  let isNaming = false;
  for (const [at, line] of text.split(/\r\n|\n|\r/).entries()) {
    const [name, value] = recordOf(line);
    if (/["'`]/.test(name) || /^["'`]/.test(value)) return null;
    if (!FIELDS.includes(name)) continue;
    const group = groups.at(-1);
    if (AGENTS.includes(name)) {
      const agent = /^[([]?\*+(?![*\w-])/.test(value) ? '*' : /^[\w.-]*/.exec(value)![0].toLowerCase();
      if (isNaming) group!.agents.push(agent);
      else groups.push({ agents: [agent], rules: [] });
      isNaming = true;
    } else if (name.startsWith('site')) sitemaps.push(value);
    else if (!name.startsWith('crawl') && group !== undefined) {
      isNaming = false;
      if (value !== '') group.rules.push({ isAllow: name === 'allow', pattern: patternOf(value), line: at + 1 });
    }
  }
  return { groups, sitemaps: sitemaps.map((octets) => Buffer.from(octets, 'latin1').toString()) };
}

/** Empty names for lines that are no records. */
function recordOf(line: string): [name: string, value: string] {
  const bare = line.split('#', 1)[0]!.replace(/^[ \t]+|[ \t]+$/g, '');
  const colon = bare.indexOf(':');
  const parts = colon < 0 ? bare.split(/[ \t]+/) : [bare.slice(0, colon), bare.slice(colon + 1)];
  const [name, value] = parts.map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ''));
  return parts.length === 2 ? [name!.toLowerCase(), value!] : ['', ''];
}

/** Half an escape before a star or the end stands as written. */
function patternOf(octets: string): string {
  const pieces = octets.split('*').map((piece) => {
    const half = piece.endsWith('%')
      ? 1
      : piece.at(-2) === '%' && '0123456789abcdefABCDEF'.includes(piece.at(-1)!)
        ? 2
        : 0;
    return formOf(piece.slice(0, piece.length - half)) + piece.slice(piece.length - half).toUpperCase();
  });
  return pieces.join('*');
}

function formOf(octets: string): string {
  return slowForm(octets).replaceAll("'", '%27');
}

/** What the rules say of a URL: the longest pattern that matches, Allow before Disallow, the first of equal ones. */
export function decidedNaively(groups: readonly NaiveGroup[], agent: string, url: string): NaiveRule | null {
  const rest = /^\w+:\/\/[^/?#]*([^#]*)/.exec(url)![1]!;
  const path = formOf(octetsOf(rest.startsWith('/') ? rest : `/${rest}`));
  if (path === '/robots.txt') return null;
  const token = agent.split('/', 1)[0]!.toLowerCase();
  const name = groups.some(({ agents }) => agents.includes(token)) ? token : '*';
  let best: NaiveRule | null = null;
  for (const rule of groups.filter(({ agents }) => agents.includes(name)).flatMap(({ rules }) => rules)) {
    if (!matches(rule.pattern, path.replaceAll('*', '%2A').replaceAll('$', '%24'))) continue;
    const more = best === null ? 1 : rule.pattern.length - best.pattern.length;
    if (more > 0 || (more === 0 && rule.isAllow && !best!.isAllow)) best = rule;
  }
  return best;
}

/** All places of the path that the pattern may have reached, sign by sign. */
function matches(pattern: string, path: string): boolean {
  const isAnchored = pattern.endsWith('$');
  const signs = (isAnchored ? pattern.slice(0, -1) : pattern).replaceAll('$', '%24');
  let reached = [0];
  for (const sign of signs) {
    if (sign === '*') reached = Array.from({ length: path.length - reached[0]! + 1 }, (_, at) => reached[0]! + at);
    else reached = reached.filter((at) => path[at] === sign).map((at) => at + 1);
    if (reached.length === 0) return false;
  }
  return !isAnchored || reached.includes(path.length);
}
