// The scanner of style sheets against a literal reading of the standard: the same URLs in the same order, whatever the
// slices, and each stands at the place that is told.

import { cssLinksByTokens } from '../helpers/css-tokens.ts';
import { Dice } from './dice.ts';
import { type Case, type Difference, difference, type Target } from './fuzz.ts';
import { SOURCE } from './source.ts';
import { words } from './words.ts';

interface Slices {
  readonly slice: number;
}

type Scan = typeof import('../../src/parse/css/css.ts').CssScan;
type Unescape = typeof import('../../src/parse/css/escapes.ts').unescaped;

const PIECES = [
  ...words(`url( URL( u\\72l( \\75 rl( src( image-set( -webkit-image-set( type( ( ) " ' \\ /* */ @import @\\69mport @namespace @charset
    ; { } , : # @ / * - a x.png 1 .5 é 😀 \\0041 \\110000 \\d800 <!-- --> % [ ] url b url(a) url("a") "a" 'b' e1 -- --a + . \\)`),
  ...[
    ' ',
    '\n',
    '\r\n',
    '\f',
    '\t',
    '\r',
    '\0',
    '\x01',
    '\x7f',
    '\\a',
    '\\\n',
    '\\\r\n',
    '\\69 ',
    '\\20\r\n',
    'b c',
    '\ufeff',
  ],
  ...['url( "a" )', '@import url(', 'url(a b)', 'url(#a', 'url( ', '@namespace a "b"', '@import/**/'],
];
const INSERTS = ['\\', '(', ')', '"', "'", '/', '*', '\n', '@', '\0', '#', '-', ' '];
const PIECES_MAX = 24;

export async function cssTarget(source = SOURCE): Promise<Target<Slices>> {
  const { CssScan } = (await import(new URL('parse/css/css.ts', source).href)) as { CssScan: Scan };
  const { unescaped } = (await import(new URL('parse/css/escapes.ts', source).href)) as { unescaped: Unescape };
  return {
    make(random) {
      const dice = new Dice(random);
      const sheet = dice.several(PIECES_MAX, () => dice.pick(PIECES));
      const input = sheet !== '' && dice.chance(0.2) ? dice.damaged(sheet, INSERTS) : sheet;
      return { input, how: { slice: 1 + dice.below(8) } };
    },
    check: (made) => differenceOf(CssScan, unescaped, made),
  };
}

function differenceOf(CssScan: Scan, unescaped: Unescape, { input, how }: Case<Slices>): Difference | null {
  const want = cssLinksByTokens(input);
  return difference(want, read(Number.POSITIVE_INFINITY)) ?? difference(want, read(how.slice));

  function read(slice: number): string[] {
    const found: string[] = [];
    const scan = new CssScan(input, (url, isImport, start, end) => {
      const written = input.slice(start, end);
      const isThere = unescaped(written) === url || unescaped(written, true) === url;
      found.push((isImport ? '@' : '') + url + (isThere ? '' : ` stands not at ${start} to ${end}`));
    });
    while (!scan.run(slice));
    return found;
  }
}
