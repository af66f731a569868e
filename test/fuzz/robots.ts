// The rules of a robots.txt against a naive reading of RFC 9309. A file that only tolerance can read is held against
// the records that were read in it.

import { Dice } from './dice.ts';
import { type Case, type Difference, difference, type Target } from './fuzz.ts';
import { octetsOf } from './octets.ts';
import { decidedNaively, type NaiveFile, readNaively } from './robots-oracle.ts';
import { SOURCE } from './source.ts';
import { words } from './words.ts';

type Rules = typeof import('../../src/robots/rules.ts');

interface Visit {
  readonly url: string;
  readonly agent: string;
}

const AGENTS = words('* * gossamer Gossamer gossamer/1.0 other bot-x gossamerbot');
const FIELDS = [
  ...[
    'User-agent',
    'user-agent',
    'USER-AGENT',
    'useragent',
    'User agent',
    'Allow',
    'Allow',
    'ALLOW',
    'Disalow',
    'Host',
  ],
  ...['Disallow', 'Disallow', 'Disallow', 'Disallow', 'disallow', 'Crawl-delay', 'Sitemap', 'Site-map', 'Noindex'],
];
const PATTERN_BITS = words(
  "/ / / a b c ab aa * * ** $ $ . .. ? & = %61 %2F %2f %2A %24 %zz % ä %C3%A4 %c3%a4 ' %27 ~ %7E a* *a /a /b /a/ , ; ! [ + /a*b /*.html$ *$",
);
const PATH_BITS = words("/ / a b c ab aa . ? & = %61 %2F %2A %24 * $ % ä %C3%A4 ' %27 ~ %7E .html x , ; ! [ + #f");
/** Patterns and paths of few letters, so that pieces of them overlap. */
const FEW = words('a a b ab aba * *');
const ENDS = ['\n', '\n', '\r\n', '\r', ' \n', '\t\n', ' # a\n', '#\n', '\n\n', '\n \n'];
const INSERTS = ['*', '$', '/', '%', '#', ':', '\n', '\r', 'a', ' ', '\t'];
/** What the naive reader knows nothing of. */
const TOLERATED = [
  '<',
  '>',
  '<!--',
  '-->',
  '<br>',
  '<p>',
  '"',
  "'",
  '\0',
  '\xa0',
  '\xef\xbb\xbf',
  '\xff\xfe',
  '\u2019',
];

export async function robotsTarget(source = SOURCE): Promise<Target<Visit>> {
  const rules = (await import(new URL('robots/rules.ts', source).href)) as Rules;
  return {
    make(random) {
      const dice = new Dice(random);
      const hasFew = dice.chance(0.4);
      const file = octetsOf(madeFile(dice, hasFew));
      const input = dice.chance(0.3) ? dice.damaged(file, dice.chance(0.4) ? TOLERATED.map(octetsOf) : INSERTS) : file;
      const path = dice.several(8, () => dice.pick(hasFew ? ['a', 'a', 'b'] : PATH_BITS));
      const url = `http${dice.pick(['', 's'])}://h.test${dice.chance(0.95) ? '/' : ''}${path}`;
      return { input, how: { url, agent: dice.pick(AGENTS) } };
    },
    check: (made) => differenceOf(rules, made),
  };
}

function madeFile(dice: Dice, hasFew: boolean): string {
  const few = (): string => `/${dice.several(6, () => dice.pick(FEW))}${dice.pick(['', '', '$'])}`;
  const pattern = (): string => (hasFew ? few() : dice.several(6, () => dice.pick(PATTERN_BITS)));
  const line = (): string => {
    const field = dice.pick(FIELDS);
    const value = /agent/i.test(field) ? dice.pick(AGENTS) : pattern();
    const colon = dice.pick([':', ': ', ': ', ': ', ' : ', ':\t', ' ']);
    return dice.pick(['', '', '', ' ', '\t']) + field + colon + value + dice.pick(ENDS);
  };
  const first = dice.chance(0.8) ? `User-agent: ${dice.pick(['*', 'gossamer'])}\n` : '# a\n';
  return dice.pick(['', '', '', '\ufeff']) + first + dice.several(12, line);
}

function differenceOf({ parseRobots, rulesFor }: Rules, { input, how }: Case<Visit>): Difference | null {
  const file = parseRobots(Buffer.from(input, 'latin1'));
  const { allowed, line, text } = rulesFor(file, how.agent).decide(how.url);
  const naive = readNaively(input);
  const rule = decidedNaively((naive ?? file).groups, how.agent, how.url);
  const written = naive === null || rule === null ? text : textOfLine(input, rule.line);
  return difference(
    [...toldFile(naive ?? file), toldDecision(rule?.isAllow ?? true, rule?.line ?? 0, written)],
    [...toldFile(file), toldDecision(allowed, line, text)],
  );
}

function toldFile({ groups, sitemaps }: NaiveFile): string[] {
  const rule = ({ isAllow, pattern, line }: NaiveFile['groups'][number]['rules'][number]): string =>
    `${line}${isAllow ? '+' : '-'}${pattern}`;
  return [...groups.map(({ agents, rules }) => [...agents, '|', ...rules.map(rule)].join(' ')), ...sitemaps];
}

function toldDecision(isAllow: boolean, line: number, text: string): string {
  return `${isAllow ? 'allowed' : 'forbidden'} by line ${line} ${JSON.stringify(text)}`;
}

function textOfLine(octets: string, line: number): string {
  const lines = octets.replace(/^\xef\xbb\xbf/, '').split(/\r\n|\n|\r/);
  return Buffer.from(lines[line - 1]!, 'latin1')
    .toString()
    .replace(/^[ \t]+|[ \t]+$/g, '');
}
