// The key of a URL against a slow second writing of RFC 3986, section 6.2.2, and against what must hold of any key.
// The key of a key is the key. A URL that the parser wrote has the same key by the short way. A key lacks what is said
// to be left out of it and nothing else.

import type { Random } from '../helpers/random.ts';
import { Dice } from './dice.ts';
import { type Case, type Difference, difference, type Target } from './fuzz.ts';
import { HOSTS, link, path } from './join.ts';
import { octetsOf, slowForm } from './octets.ts';
import { SOURCE } from './source.ts';
import { words } from './words.ts';

type Keys = typeof import('../../src/url/key.ts');

interface KeyKind {
  readonly keepParameters: boolean;
  readonly keyRules: 1 | 2 | 3;
}

const FIELDS = words(
  `utm_source=a UTM_Medium=b gclid= fbclid=1 sid=0123456789abcdef0123456789abcdef sid=12 sid=talk-7 s=shoes s=0123456789abcdefABCDEF
  PHPSESSID=9a8b7c6d5e4f3a2b1c0d9e8f7a session_id=Zx81kQ0pL2mN4bV6cX8z cfid=12&cftoken=1234567 cftoken=12345678 utm_ = & a=1 b %
  jsessionid=A1B2C3D4E5F6A7B8 a=1;phpsessid=9a8b7c6d5e4f3a2b1c0d9e8f7a;b=2 utm_term=a;id=4 cftoken=0 %75tm_source=a s%69d=0123456789abcdef0123456789abcdef aspsessionidqq=GHJKLMNOPQRSTUVWXYZABCDE id=5`,
);
const ID = '0123456789ABCDEF0123456789ABCDEF';
const SESSIONS = words(
  `;jsessionid=${ID} ;JSESSIONID=a1b2c3d4e5f6a7b8.node1 ;phpsessid=x ;jsessionid= ;a=1 /..;jsessionid=${ID} /.;phpsessid=${ID}
  ;%6asessionid=${ID} ;jsession;jsessionid=${ID}id=${ID} ;jsessionid=${ID};jsessionid=${ID} /;jsessionid=${ID}/
  /(S(lit3py55t21z5v55vlm25s55))/a /(S(lit3py55t21z5v55vlm25s55));jsessionid=${ID}/ /(A(x)S(lit3py55t21z5v55vlm25s55))/(S(x))/`,
);
const ESCAPES = words(
  `%7E %7e %41 %2f %2F %c3%a4 %C3%A4 %e4 %00 %25 %2541 %%34%31 %%33%66 % %4 %g1 %zz ä \ud800 ~ ' %27 %2e %2E%2e %3f %23 %3B %26`,
);

export async function keyTarget(source = SOURCE): Promise<Target<KeyKind>> {
  const keys = (await import(new URL('url/key.ts', source).href)) as Keys;
  return {
    make(random) {
      const dice = new Dice(random);
      const input = dice.chance(0.1) ? link(random) : madeUrl(dice, random);
      return { input, how: { keepParameters: dice.chance(0.3), keyRules: dice.pick([1, 2, 3] as const) } };
    },
    check: (made) => differenceOf(keys, made),
  };
}

function madeUrl(dice: Dice, random: Random): string {
  const scheme = dice.pick(['http', 'http', 'https', 'HTTP', 'hTTps']);
  const escapes = dice.several(3, () => dice.pick(['/', '', 'a']) + dice.pick(ESCAPES));
  const session = dice.chance(0.3) ? dice.pick(SESSIONS) : '';
  const fields = dice.several(4, () => dice.pick(FIELDS) + dice.pick(['&', '&', '', ';', dice.pick(ESCAPES)]));
  const query = dice.chance(0.6) ? `?${fields}` : '';
  const tail = dice.chance(0.2) ? dice.pick(['', '/b', '?']) + dice.pick(['#', '#a', '#?a']) : '';
  const host = dice.pick([...HOSTS, '(s(lit3py55t21z5v55vlm25s55))']) + (dice.chance(0.05) ? dice.pick(SESSIONS) : '');
  return `${scheme}://${host}${path(random)}${escapes}${session}${query}${tail}`;
}

function differenceOf(keys: Keys, { input, how }: Case<KeyKind>): Difference | null {
  const plain = keys.plainKey(input);
  const parsed = URL.parse(input);
  const keyOf = keys.keyOfJob(how);
  const key = keyOf(input);
  const leftOut = keys.leftOutOfKey(input, how);
  if (parsed === null) return difference([input], [plain]);
  parsed.hash = '';
  if (!/^https?:$/.test(parsed.protocol)) return difference([parsed.href], [plain]);
  const written = keys.writtenKeyOfJob(how)(parsed.href);
  return difference(
    [`plain ${slowKey(parsed)}`, `parts ${partsOf(plain, [])}`, `again ${key}`, `written ${key}`],
    [`plain ${plain}`, `parts ${partsOf(key, leftOut)}`, `again ${keyOf(key)}`, `written ${written}`],
  );
}

function slowKey({ protocol, host, pathname, search }: URL): string {
  return `${protocol}//${host}${slowForm(octetsOf(pathname))}${slowForm(octetsOf(search))}`;
}

/** The path parameters, segments and fields of the query, in one order. All of them must stay. */
function partsOf(url: string, leftOut: readonly string[]): string {
  const [path, ...query] = url.split('?');
  const inPath = leftOut.filter((part) => /^[;/]/.test(part));
  const fields = [query.join('?'), ...leftOut.filter((part) => !/^[;/]/.test(part))].flatMap((text) =>
    text.split(/[&;]/),
  );
  const parts = [...path!.split(/(?=[;/])/), ...fields, ...inPath];
  return parts
    .filter((part) => part !== '')
    .sort()
    .join(' ');
}
