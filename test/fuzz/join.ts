// The joining of links against the URL parser of the runtime: the same URL for any link and any base, or none.

import { joinUrl, prepareBase } from '../../src/url/join.ts';
import type { Random } from '../helpers/random.ts';
import type { Case, Difference, Target } from './fuzz.ts';
import { words } from './words.ts';

const SCHEMES = words(
  'http:// https:// HTTP:// http: http:/ https:/// // /// \\\\ ftp:// mailto: javascript: data: h http:\\\\ a: x-y:',
);
export const HOSTS = words(
  'a.test A.Test a.test:80 a.test:443 a.test:8080 a.test:0 a.test:99999 u:p@a.test u@a.test 127.0.0.1 1.2 0x7f.1 [::1] [::1]:8 xn--4ca.test ä.test a--b.test -a.test a..test a.test. localhost a_b.test a%2etest 1.test a.1',
);
const SEGMENTS = words(
  'a b.html . .. ... %2e %2E. .%2e a:b a;b=1 a,b ~u %7Eu %zz % %41 ä é%20 a@b a*b $ & = + ! ( ) [ ] { } | \\ ^ ` " < > \' -',
);
const QUERIES = words('? ?a ?a=1&b=2 ?a/b ?a:b ?%20 ?ä ?a?b ?[x] ?\' ?" ?<> ?{} ?| ?`');
const FRAGMENTS = words('# #a #a#b #%20 #ä #?a');
const ODD = [
  '\t',
  '\n',
  '\r',
  ' ',
  '\0',
  '\u00a0',
  '\ufeff',
  '\u200b',
  '😀',
  '\x7f',
  '//',
  '/',
  '\\',
  ':',
  '@',
  '?',
  '#',
  '%',
];

interface Base {
  readonly base: string;
}

export function joinTarget(): Target<Base> {
  return {
    make(random) {
      const base =
        random() < 0.95 ? `http${random() < 0.5 ? 's' : ''}://${pick(random, HOSTS)}${path(random)}` : link(random);
      return { input: link(random), how: { base } };
    },
    check: differenceOf,
  };
}

function differenceOf({ input, how }: Case<Base>): Difference | null {
  const prepared = prepareBase(how.base);
  const got = prepared === null ? null : joinUrl(input, prepared);
  const want = URL.canParse(how.base) ? joinedByParser(input, how.base) : null;
  return got === want ? null : { want: [String(want)], got: [String(got)], because: null };
}

/** What leads nowhere is nothing, and neither a fragment nor a name and password are part of what is asked. */
function joinedByParser(href: string, base: string): string | null {
  const url = URL.parse(href, base);
  if (url === null || /^(?:javascript|mailto|data|tel):$/.test(url.protocol)) return null;
  Object.assign(url, { username: '', password: '' });
  return url.href.replace(/#.*$/s, '');
}

export function link(random: Random): string {
  const kind = random();
  const front = kind < 0.25 ? pick(random, SCHEMES) + pick(random, HOSTS) : kind < 0.45 ? '/' : '';
  const text = front + (front !== '' && front !== '/' ? path(random) : segments(random)) + tail(random);
  if (random() < 0.8) return text;
  const at = Math.floor(random() * (text.length + 1));
  return text.slice(0, at) + pick(random, ODD) + text.slice(at);
}

export function path(random: Random): string {
  return random() < 0.1 ? tail(random) : `/${segments(random)}${tail(random)}`;
}

function segments(random: Random): string {
  const count = Math.floor(random() * 4);
  return Array.from({ length: count }, () => pick(random, SEGMENTS)).join('/') + (random() < 0.3 ? '/' : '');
}

function tail(random: Random): string {
  return (random() < 0.3 ? pick(random, QUERIES) : '') + (random() < 0.2 ? pick(random, FRAGMENTS) : '');
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}
