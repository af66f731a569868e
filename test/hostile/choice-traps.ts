// More kinds of traps: choices that are combined without end, maps, and sessions in other notations.

import { pick } from '../helpers/random.ts';
import {
  link,
  numberOf,
  type Place,
  plainPage,
  REAL_PAGES,
  realPage,
  realPath,
  sentence,
  type Tools,
  type TrapKind,
  WORDS,
  withoutQuery,
} from './trap-pages.ts';

const items = ({ random }: Place, many: number): string =>
  Array.from({ length: many }, () => link(realPath(Math.floor(random() * REAL_PAGES)), pick(random, WORDS))).join(' ');

/** Each link has a session of its own, which `mark` puts into a path and `unmark` takes out again. */
function session(
  tokenOf: (tools: Tools) => string,
  mark: (path: string, token: string) => string,
  unmark: (path: string) => string,
): TrapKind {
  return {
    entry: '',
    trap(place, tools) {
      const number = numberOf({ ...place, path: unmark(place.path) });
      if (number === null || number >= REAL_PAGES) return null;
      const marked = (path: string): string => mark(path, tokenOf(tools));
      return realPage(number, link(marked('/')), 1, marked);
    },
    real: unmark,
  };
}

const letters = ({ token }: Tools): string => token(60).replace(/\d/g, '').padEnd(20, 'q').slice(0, 20);
const hex = ({ token }: Tools, length: number): string =>
  token(length).replace(/[g-z]/g, (letter) => `${letter.charCodeAt(0) % 10}`);
const uuid = (tools: Tools): string => [8, 4, 4, 4, 12].map((length) => hex(tools, length)).join('-');
const before = (path: string, token: string): string => `/s/${token}${path}`;
const withoutBefore = (path: string): string => path.replace(/^\/s\/[^/]+/, '');

/** Pages with several numbers, each of which leads to those a step of `steps` away. */
function steps(
  at: (numbers: readonly number[]) => string,
  numbersOf: (place: Place) => number[] | null,
  start: readonly number[],
  steps: readonly (readonly number[])[],
): TrapKind {
  return {
    entry: link(at(start)),
    trap(place) {
      const numbers = numbersOf(place);
      if (numbers === null) return null;
      return plainPage(
        'Map',
        ...steps.map((step) => link(at(numbers.map((number, index) => number + (step[index] ?? 0))))),
      );
    },
  };
}

const NAMES = ['colour', 'size', 'brand', 'kind', 'price', 'mood'];
const AROUND = [
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
  [1, 0, 0],
];

/** Pages of `pages` with choices in the query, `choices` by name. */
function choices(name: string, pages: number, all: Readonly<Record<string, string>>): TrapKind {
  const [first = ''] = Object.keys(all);
  return {
    entry: link(`/${name}/1?${first}=${all[first]!.split(' ')[0]}`),
    trap({ query, segments: [folder, page = ''] }) {
      if (folder !== name || Number(page) > pages) return null;
      const links = Object.entries(all).flatMap(([field, values]) =>
        values.split(' ').map((value) => {
          const chosen = new URLSearchParams({ ...Object.fromEntries(query), [field]: value });
          return link(`/${name}/${page}?${String(chosen).replaceAll('&', '&amp;')}`, value);
        }),
      );
      const next = link(`/${name}/${Number(page) + 1}?${String(query).replaceAll('&', '&amp;')}`, 'next');
      return `<title>Item ${page}</title><p>It costs ${page}0.</p>${links.join(' ')}${next}`;
    },
  };
}

export const CHOICE_TRAPS: Readonly<Record<string, TrapKind>> = {
  'names and values in the path': {
    entry: link('/shop/colour/red/'),
    trap(place) {
      const [first, ...rest] = place.segments;
      if (first !== 'shop') return null;
      const chosen = new Map<string, string>();
      for (let at = 0; at + 1 < rest.length; at += 2) chosen.set(rest[at]!, rest[at + 1]!);
      const links = NAMES.flatMap((name) =>
        ['red', 'xl', 'acme', 'old'].map((value) => {
          const next = new Map(chosen);
          next.delete(name);
          next.set(name, value);
          return link(`/shop/${[...next].map((pair) => `${pair.join('/')}/`).join('')}`, value);
        }),
      );
      return `<title>Shop</title>${links.join(' ')}${items(place, 3)}`;
    },
  },
  'a list of choices in order': {
    entry: link('/f/red'),
    trap(place) {
      const [first, list = ''] = place.segments;
      if (first !== 'f') return null;
      const chosen = list.split(',');
      const others = WORDS.slice(0, 20).filter((word) => !chosen.includes(word));
      const links = others.map((word) => link(`/f/${[...chosen, word].sort().join(',')}`, word));
      return `<title>Filter</title>${links.join(' ')}${items(place, 1)}`;
    },
  },
  'language, country and currency': choices('p', 30, {
    lang: 'en de fr es it pl',
    country: 'us de fr at ch uk',
    currency: 'usd eur chf gbp',
  }),
  'order, direction, view and length of a list': choices('l', 40, {
    sort: 'name price date',
    dir: 'asc desc',
    view: 'grid list',
    per: '10 20 50',
    stock: '0 1',
  }),
  'related searches': {
    entry: link('/search?q=amber'),
    trap({ path, query, random }) {
      if (path !== '/search') return null;
      const words = query.get('q') ?? '';
      const links = Array.from({ length: 6 }, () =>
        link(`/search?q=${encodeURIComponent(`${words} ${pick(random, WORDS)}`)}`),
      );
      return `<title>${words}</title><p>Nothing found for ${words}</p>${links.join(' ')}`;
    },
  },
  'parameters that grow and turn around': {
    entry: link('/q?a=1&amp;b=2'),
    trap({ path, query }) {
      if (path !== '/q') return null;
      const fields = [...query].map(([name, value]) => `${name}=${value}`);
      const grown = [...fields, `x${fields.length}=1`];
      return plainPage(
        'Query',
        ...[fields.toReversed(), grown, grown.toReversed()].map((each) => link(`/q?${each.join('&amp;')}`, 'more')),
      );
    },
  },
  'a map': steps(
    (at) => `/map?lat=${(at[1]! / 10).toFixed(2)}&amp;lng=${(at[2]! / 10).toFixed(2)}&amp;z=${at[0]}`,
    ({ path, query }) => {
      if (path !== '/map') return null;
      return ['z', 'lat', 'lng'].map((name) => Math.round(Number(query.get(name)) * (name === 'z' ? 1 : 10)));
    },
    [3, 501, 86],
    AROUND,
  ),
  tiles: steps(
    (at) => `/tiles/${at.join('/')}`,
    ({ segments: [first, ...numbers] }) => (first === 'tiles' ? numbers.map(Number) : null),
    [3, 10, 10],
    AROUND,
  ),
  'sizes of a picture': steps(
    (at) => `/thumb/${at.join('x')}`,
    ({ segments: [first, size = ''] }) => (first === 'thumb' ? size.split('x').map(Number) : null),
    [100, 100],
    [
      [10, 0],
      [0, 10],
    ],
  ),
  'a session in brackets': session(
    ({ token }) => `(S(${token(24)}))`,
    (path, token) => `/${token}${path}`,
    (path) => path.replace(/^\/\(S\([^)]*\)\)/, '') || '/',
  ),
  'a session of letters': session(letters, before, withoutBefore),
  'a session in base64': session(({ token }) => Buffer.from(token(18)).toString('base64url'), before, withoutBefore),
  'a session behind the path': session(
    uuid,
    (path, token) => `${path === '/' ? '' : path}/${token}`,
    (path) => path.replace(/\/[\da-f-]{36}$/, '') || '/',
  ),
  'the pages on the way': {
    entry: '',
    trap(place) {
      const number = numberOf(place);
      if (number === null || number >= REAL_PAGES) return null;
      const way = `${place.query.get('ref') ?? ''}${number}`.slice(-12);
      return realPage(number, link(`/?ref=${way}`), 1, (path) => `${path}?ref=${way}`);
    },
    real: withoutQuery,
  },
  'a search for a sentence': {
    entry: link('/find/amber+grove'),
    trap({ segments: [first, words = ''], random }) {
      if (first !== 'find') return null;
      const links = [1, 2, 3, 4].map(() => link(`/find/${words}+${pick(random, WORDS)}`, sentence(random, 1)));
      return `<title>${words.replaceAll('+', ' ')}</title><p>No results</p>${links.join(' ')}`;
    },
  },
};
