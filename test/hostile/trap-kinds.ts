// The kinds of traps: what a path answers, and what leads there.

import { pick } from '../helpers/random.ts';
import {
  FACETS,
  grid,
  link,
  monthAt,
  numberOf,
  plainPage,
  REAL_PAGES,
  realPage,
  realPath,
  sentence,
  type TrapKind,
  WORDS,
  withoutQuery,
} from './trap-pages.ts';

export const TRAPS: Readonly<Record<string, TrapKind>> = {
  'months in the path': {
    entry: link('/cal/2026/11'),
    trap({ segments: [first, year, month] }) {
      if (first !== 'cal') return null;
      const at = Number(year) * 12 + Number(month) - 1;
      const near = [at - 1, at + 1].map((each) => link(`/cal/${monthAt(each).at}`, monthAt(each).name));
      return plainPage(`${monthAt(at).name} ${year}`, `<table>${grid()}</table>`, ...near);
    },
  },
  'months in the query': {
    entry: link('/cal?year=2026&month=11'),
    trap({ path, query }) {
      if (path !== '/cal') return null;
      const at = Number(query.get('year')) * 12 + Number(query.get('month')) - 1;
      const near = [at - 12, at - 1, at + 1, at + 12].map((each) => {
        return link(`/cal?year=${monthAt(each).year}&month=${(each % 12) + 1}`, monthAt(each).name);
      });
      return plainPage(`${monthAt(at).name} ${monthAt(at).year}`, ...near);
    },
  },
  'days, months and years': {
    entry: link('/events/2026-11/'),
    trap({ segments: [first, date] }) {
      if (first !== 'events' || date === undefined) return null;
      const [year = 0, month = 0, day] = date.split('-').map(Number);
      const at = year * 12 + month - 1;
      const near = [at - 12, at - 1, at + 1, at + 12].map((each) =>
        link(`/events/${monthAt(each).at.replace('/', '-')}/`),
      );
      const days = Array.from({ length: 28 }, (_, each) =>
        link(`/events/${date}-${String(each + 1).padStart(2, '0')}`, `${each + 1}`),
      );
      return plainPage(`Events ${date}`, ...near, ...(day === undefined ? days : []));
    },
  },
  'a calendar with a form for each day': {
    entry: link('/agenda/2026/11'),
    trap({ segments: [first, year, month], query }) {
      if (first === 'add') return plainPage(`Add ${query.get('date')}`);
      if (first !== 'agenda') return null;
      const at = Number(year) * 12 + Number(month) - 1;
      const near = [at - 1, at + 1].map((each) => link(`/agenda/${monthAt(each).at}`, monthAt(each).name));
      return plainPage(`${monthAt(at).name} ${year}`, ...near, link(`/add?date=${year}-${month}-01`, 'add'));
    },
  },
  'a relative link': {
    entry: link('/x/'),
    trap: ({ segments: [first] }) => (first === 'x' ? plainPage('Up and up', link('more/'), link('.')) : null),
  },
  'three relative links': {
    entry: link('/x/'),
    trap: ({ segments: [first] }) => {
      return first === 'x' ? plainPage('Here', link('en/about/'), link('us/'), link('team/')) : null;
    },
  },
  'four names in any order': {
    entry: link('/walk/'),
    trap: ({ segments: [first] }) => {
      return first === 'walk' ? plainPage('Walk', link('red/'), link('green/'), link('blue/'), link('grey/')) : null;
    },
  },
  'numbers one behind the other': {
    entry: link('/deep/1/'),
    trap: ({ segments }) => {
      if (segments[0] !== 'deep') return null;
      return plainPage(`Level ${segments.length}`, link(`${Number(segments.at(-1)) + 1}/`, 'deeper'));
    },
  },
  'facets in the query': {
    entry: link('/shop?colour=1'),
    trap({ path, query, random }) {
      if (path !== '/shop') return null;
      const names = FACETS.filter((name) => query.has(name));
      const links = FACETS.flatMap((name) => {
        return [1, 2, 3, 4].map((value) => {
          const chosen = new URLSearchParams([
            ...names.filter((each) => each !== name).map((each): [string, string] => [each, query.get(each)!]),
            [name, `${value}`],
          ]);
          return link(`/shop?${String(chosen).replaceAll('&', '&amp;')}`, `${name} ${value}`);
        });
      });
      const products = Array.from({ length: 8 }, () =>
        link(realPath(Math.floor(random() * REAL_PAGES)), pick(random, WORDS)),
      );
      return `<title>Shop</title>${links.join(' ')}${products.join(' ')}`;
    },
  },
  'facets in the path': {
    entry: link('/filter/red'),
    trap({ path, segments, random }) {
      if (segments[0] !== 'filter') return null;
      const links = WORDS.slice(0, 12)
        .filter((word) => !segments.includes(word))
        .map((word) => link(`${path}/${word}`, word));
      const products = Array.from({ length: 8 }, () =>
        link(realPath(Math.floor(random() * REAL_PAGES)), pick(random, WORDS)),
      );
      return `<title>Shop</title>${links.join(' ')}${products.join(' ')}`;
    },
  },
  'a session in each link': {
    entry: '',
    trap(place, { token }) {
      const number = numberOf(place);
      if (number === null || number >= REAL_PAGES) return null;
      const marked = (path: string): string => `${path}?visit=${token(12)}`;
      return realPage(number, link(marked('/'), 'home'), 1, marked);
    },
    real: withoutQuery,
  },
  'a session in each link of pages with names': {
    entry: '',
    trap(place, { token }) {
      const number = numberOf({
        ...place,
        path: place.path.replace(/^\/(\w+)-(\w+)$/, (_, first, second) =>
          realPath(WORDS.indexOf(first) * WORDS.length + WORDS.indexOf(second)),
        ),
      });
      if (number === null || number < 0 || number >= REAL_PAGES) return null;
      const named = (path: string): string =>
        path.replace(
          /^\/real.*-(\d+).*/,
          (_, at) => `/${WORDS[Math.floor(at / WORDS.length)]}-${WORDS[at % WORDS.length]}`,
        );
      const marked = (path: string): string => `${named(path)}?visit=${token(12)}`;
      return realPage(number, link(marked('/'), 'home'), 1, marked);
    },
    real: (path) =>
      withoutQuery(path).replace(/^\/(\w+)-(\w+)$/, (_, first, second) =>
        realPath(WORDS.indexOf(first) * WORDS.length + WORDS.indexOf(second)),
      ),
  },
  'a mark that is there or not': {
    entry: '',
    trap(place) {
      const number = numberOf(place);
      if (number === null || number >= REAL_PAGES) return null;
      const marks = ['', '?from=menu', '?from=foot', '?from=menu&amp;big=1', '?big=1&amp;from=foot'].map((mark) =>
        link(`/${mark}`, 'home'),
      );
      const children = [2 * number + 1, 2 * number + 2].filter((child) => child < REAL_PAGES);
      const others = children.flatMap((child) => [
        link(`${realPath(child)}?from=menu`, 'a'),
        link(realPath(child), 'b'),
        link(`${realPath(child)}?big=1`, 'c'),
      ]);
      return realPage(number, [...marks, ...others].join(' '), 1);
    },
    real: withoutQuery,
  },
  'a session in the path': {
    entry: '',
    trap(place, { token }) {
      const inside = place.path.startsWith('/s-') ? place.path.slice(place.path.indexOf('/', 1)) : place.path;
      const number = numberOf({ ...place, path: inside });
      if (number === null || number >= REAL_PAGES) return null;
      const marked = (path: string): string => `/s-1f${token(4)}9c${token(4)}3a${path}`;
      return realPage(number, link(marked('/'), 'home'), 1, marked);
    },
    real: (path) => path.replace(/^\/s-[^/]+/, ''),
  },
  'the order of the parameters': {
    entry: link('/list?a=1&amp;b=2&amp;c=3&amp;d=4&amp;e=5&amp;f=6&amp;g=7'),
    trap({ path, query, random }) {
      if (path !== '/list') return null;
      const fields = [...query].map(([name, value]) => `${name}=${value}`);
      const orders = Array.from({ length: 6 }, () => fields.toSorted(() => random() - 0.5));
      return plainPage('List', ...orders.map((order) => link(`/list?${order.join('&amp;')}`, 'sort')));
    },
  },
  'a parameter that changes nothing': {
    entry: '',
    trap(place) {
      const number = numberOf(place);
      if (number === null || number >= REAL_PAGES) return null;
      const from = Number(place.query.get('from') ?? 0);
      return realPage(
        number,
        link(`/?from=${from * 31 + number}`, 'home'),
        1,
        (path) => `${path}?from=${from * 31 + number}`,
      );
    },
    real: withoutQuery,
  },
  'escapes of escapes': {
    entry: link('/go?to=/real/page-1.html'),
    trap({ path, query }) {
      if (path !== '/go') return null;
      const to = encodeURIComponent(encodeURIComponent(query.get('to') ?? ''));
      return plainPage('Log in first', link(`/go?to=${to}`), link(`/go?to=${to}%25`));
    },
  },
  'pages past the last one': {
    entry: link('/found?page=1'),
    trap({ path, query }) {
      if (path !== '/found') return null;
      const page = Number(query.get('page'));
      const products = page > 5 ? [] : [link(realPath(page), WORDS[page])];
      return plainPage(`Results, page ${page}`, ...products, link(`/found?page=${page + 1}`, 'next'));
    },
  },
  'a counter in the path': {
    entry: link('/entry/1'),
    trap({ segments: [first, number] }) {
      if (first !== 'entry') return null;
      return plainPage(
        `Entry ${number}`,
        link(`/entry/${Number(number) + 1}`, 'next'),
        link(`/entry/${Number(number) - 1}`, 'back'),
      );
    },
  },
  'pages that say how long they took': {
    entry: link('/timed/1'),
    trap({ segments: [first, number], random }) {
      if (first !== 'timed') return null;
      return plainPage(`Item ${number}`, `made in ${random()} s`, link(`/timed/${Number(number) + 1}`, 'next'));
    },
  },
  'moments of time': {
    entry: link('/day?t=1790000000'),
    trap({ path, query }) {
      if (path !== '/day') return null;
      const steps = [-2_592_000, -86_400, 86_400, 2_592_000];
      return plainPage('Day', ...steps.map((step) => link(`/day?t=${Number(query.get('t')) + step}`, 'go')));
    },
  },
  'tokens that lead to tokens': {
    entry: link('/view/1'),
    trap({ segments: [first], random }) {
      if (first !== 'view') return null;
      const links = [1, 2, 3].map(() => link(`/view/${Math.floor(random() * 1e12).toString(16)}a9f3`, 'more'));
      return plainPage('View', ...links);
    },
  },
  'babble of known words': {
    entry: link('/maze/'),
    trap({ segments: [first], random }) {
      if (first !== 'maze') return null;
      const links = Array.from({ length: 5 }, () =>
        link(
          `/maze/${sentence(random, 4).replaceAll(' ', '-')}/${sentence(random, 2).replace(' ', '/')}`,
          sentence(random, 2),
        ),
      );
      return `<title>${sentence(random, 3)}</title><p>${sentence(random, 200)}</p>${links.join(' ')}`;
    },
  },
  'babble of new words': {
    entry: link('/archive/'),
    trap({ segments: [first], random }) {
      if (first !== 'archive') return null;
      const letters = (length: number): string =>
        Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(random() * 26)]).join('');
      const links = Array.from({ length: 4 }, () => link(`/archive/${letters(6)}/${letters(7)}`, letters(5)));
      return `<title>${letters(6)}</title><p>${Array.from({ length: 60 }, () => letters(6)).join(' ')}</p>${links.join(' ')}`;
    },
  },
};
