// More kinds of traps: addresses that hold other addresses, choices and languages that are added to the path, and
// series in notations of programs.

import { pick, type Random } from '../helpers/random.ts';
import { link, plainPage, REAL_PAGES, realPath, sentence, type TrapKind, WORDS } from './trap-pages.ts';

const DAY_MS = 86_400_000;
const ZONES = 'UTC Europe/Berlin America/Lima Asia/Tokyo Africa/Cairo'.split(' ');
const KANA = 'あかさたなはまやらわいきしちにひみりうくすつぬふむゆる';
const escaped = (query: string): string => query.replaceAll('&', '&amp;');
const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const inKana = (random: Random, length: number): string => many(length, () => pick(random, [...KANA])).join('');

/** Each page leads to its own path with one of `names` before it or behind it. */
function nested(root: string, names: readonly string[], at: (path: string, name: string) => string): TrapKind {
  return {
    entry: link(`/${names[0]}/${root}/`),
    trap: ({ path, segments }) => {
      if (!segments.includes(root)) return null;
      return plainPage('The same page', ...names.map((name) => link(at(path, name), name)));
    },
  };
}

/** A page with one field; each leads to those that `next` makes of its value. */
function series(path: string, start: string, next: (value: string, random: Random) => readonly string[]): TrapKind {
  return {
    entry: link(path + encodeURIComponent(start)),
    trap({ path: here, query, random }) {
      if (here !== path.replace(/\?.*/, '')) return null;
      const value = [...query.values()][0] ?? '';
      return plainPage('Series', ...next(value, random).map((each) => link(path + encodeURIComponent(each), 'go')));
    },
  };
}

const ADDRESSES: Readonly<Record<string, TrapKind>> = {
  'a login that returns to a login': series('/login?return=', '/account', (value) => [
    `/login?return=${encodeURIComponent(value)}`,
  ]),
  'addresses in addresses': {
    entry: link('/to/http%3A/site.example'),
    trap: ({ path, segments: [first] }) =>
      first === 'to' ? plainPage('Leaving', link(`/to/${encodeURIComponent(`http://site.example${path}`)}`)) : null,
  },
  'a state in base64': series('/app?state=', stateOf(1), (value) => {
    const { at = 0 } = JSON.parse(Buffer.from(value, 'base64url').toString() || '{}') as { at?: number };
    return [stateOf(at + 1), stateOf(at * 2)];
  }),
  'moments with their zone': series('/at?date=', '2026-11-05T00:00:00+02:00', (value) =>
    [-7, -1, 1, 7].map((days) => {
      const moved = new Date(new Date(value.replace(' ', '+')).getTime() + days * DAY_MS);
      return `${moved.toISOString().slice(0, 19)}+02:00`;
    }),
  ),
  quarters: series('/report?quarter=', '2026-Q3', (value) => {
    const [year = 0, quarter = 0] = value.split('-Q').map(Number);
    return [-1, 1].map((step) => {
      const at = year * 4 + quarter - 1 + step;
      return `${Math.floor(at / 4)}-Q${(at % 4) + 1}`;
    });
  }),
  'a basket that fills': series('/basket?items=', '3', (value, random) =>
    many(4, () => `${value},${1 + Math.floor(random() * 40)}`),
  ),
  'weeks in the zones of the world': {
    entry: link('/weeks/2026-W45?tz=UTC'),
    trap({ segments: [first, written = ''], query }) {
      if (first !== 'weeks') return null;
      const [year = 0, week = 0] = written.split('-W').map(Number);
      const at = (step: number, zone: string): string => {
        const to = year * 52 + week - 1 + step;
        return `/weeks/${Math.floor(to / 52)}-W${String((to % 52) + 1).padStart(2, '0')}?tz=${zone}`;
      };
      const zone = query.get('tz') ?? '';
      return plainPage('Week', link(at(-1, zone)), link(at(1, zone)), ...ZONES.map((each) => link(at(0, each), each)));
    },
  },
  'a search with pages and related ones': {
    entry: link('/search?q=amber&amp;page=1'),
    trap({ path, query, random }) {
      if (path !== '/search') return null;
      const [words, page] = [query.get('q') ?? '', Number(query.get('page'))];
      const related = many(4, () =>
        link(`/search?q=${encodeURIComponent(`${words} ${pick(random, WORDS)}`)}&amp;page=1`),
      );
      return plainPage(
        'Search',
        link(escaped(`/search?${new URLSearchParams({ q: words, page: `${page + 1}` })}`)),
        ...related,
      );
    },
  },
};

const PATHS: Readonly<Record<string, TrapKind>> = {
  'a print view of a print view': nested('doc', ['print', 'pdf'], (path, name) => `/${name}${path}`),
  'languages before languages': nested('about', ['en', 'de', 'fr', 'es'], (path, name) => `/${name}${path}`),
  'languages behind languages': nested('about', ['en', 'de', 'fr', 'es'], (path, name) => `${path}${name}/`),
  'names in mixed case': nested('home', ['Shop', 'shop', 'SHOP', 'Home'], (path, name) => `${path}${name}/`),
  'slashes that double': nested('files', ['a', 'b'], (path, name) => `${path}/${name}/`),
  'answers of yes and no': nested('quiz', ['y', 'n'], (path, name) => `${path}${name}/`),
  'order and direction in the path': nested(
    'list',
    ['sort/name', 'sort/date', 'sort/price', 'dir/asc', 'dir/desc', 'page/2'],
    (path, name) => `${path}${name}/`,
  ),
  'parameters of a segment that add up': nested('matrix', ['a=1', 'b=2', 'c=3', 'd=4'], (path, name) => {
    return `${path.replace(/\/$/, '')};${name}`;
  }),
  'a page of a page': {
    entry: link('/news/page/1/'),
    trap({ path, segments }) {
      if (segments[0] !== 'news') return null;
      const page = Number(segments.at(-1));
      return plainPage('News', link(`${path}page/${page + 1}/`, 'next'), link(`${path}page/${page + 2}/`));
    },
  },
  'a reply to a reply': {
    entry: link('/comment/7'),
    trap({ path, segments: [first], random }) {
      if (first !== 'comment') return null;
      return plainPage('Comment', ...many(2, () => link(`${path}/reply/${Math.floor(random() * 1e6)}`, 'reply')));
    },
  },
  'tags with a plus': {
    entry: link('/tag/amber'),
    trap({ segments: [first, tags = ''], ...place }) {
      if (first !== 'tag') return null;
      const chosen = decodeURIComponent(tags).split('+');
      const others = WORDS.slice(0, 15).filter((word) => !chosen.includes(word));
      const shown = link(realPath(Math.floor(place.random() * REAL_PAGES)), 'a page');
      return plainPage(tags, shown, ...others.map((word) => link(`/tag/${[...chosen, word].join('+')}`, word)));
    },
  },
};

const NAMES: Readonly<Record<string, TrapKind>> = {
  'related pages with a title each': {
    entry: link('/item/1'),
    trap({ segments: [first], random }) {
      if (first !== 'item') return null;
      const links = many(3, () => link(`/item/${Math.floor(random() * 1e8)}`, sentence(random, 3)));
      return `<title>${sentence(random, 4)}</title><p>${sentence(random, 80)}</p>${links.join(' ')}`;
    },
  },
  'pages named by hashes': {
    entry: link('/p/d1'),
    trap({ segments: [first, name], random }) {
      if (first !== 'p') return null;
      const hash = (): string => many(40, () => Math.floor(random() * 16).toString(16)).join('');
      return plainPage(`${name}`, `<p>${random()}</p>`, ...many(3, () => link(`/p/${hash()}`, 'next')));
    },
  },
  'babble in Japanese': {
    entry: link('/ja/'),
    trap({ segments: [first], random }) {
      if (first !== 'ja') return null;
      const links = many(4, () => link(`/ja/${encodeURIComponent(inKana(random, 7))}/`, inKana(random, 4)));
      const text = many(40, () => inKana(random, 3)).join('、');
      return `<title>${inKana(random, 5)}</title><p>${text}</p>${links.join(' ')}`;
    },
  },
  'pages with a saying each': {
    entry: link('/notes?page=1'),
    trap({ path, query, random }) {
      if (path !== '/notes') return null;
      const saying = `<div>${WORDS[Math.floor(random() * 12)]} and ${WORDS[12]}</div>`;
      return plainPage('Notes', saying, link(`/notes?page=${Number(query.get('page')) + 1}`, 'next'));
    },
  },
};

export const GROWING_TRAPS: Readonly<Record<string, TrapKind>> = { ...ADDRESSES, ...PATHS, ...NAMES };

function stateOf(at: number): string {
  return Buffer.from(JSON.stringify({ at, from: 'list', size: 20 })).toString('base64url');
}
