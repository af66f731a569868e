// More kinds of traps: dates and forms of addresses.

import { link, monthAt, numberOf, plainPage, REAL_PAGES, realPage, type TrapKind, WORDS } from './trap-pages.ts';

const DAY_SECONDS = 86_400;

/** A calendar of days, which leads `steps` days on and back; `at` makes the address of a day. */
function days(name: string, start: string, at: (day: Date) => string, dayOf: (written: string) => Date): TrapKind {
  const steps = [-7, -1, 1, 7];
  return {
    entry: link(start),
    trap({ path, query }) {
      if (!path.startsWith(`/${name}`)) return null;
      const day = dayOf(query.size > 0 ? [...query.values()][0]! : path.slice(name.length + 2));
      const near = steps.map((step) => at(new Date(day.getTime() + step * DAY_SECONDS * 1_000)));
      return plainPage(day.toUTCString().slice(0, 16), ...near.map((href, at) => link(href, WORDS[at])));
    },
  };
}

const isoOf = (day: Date): string => day.toISOString().slice(0, 10);

/** Whatever is added to its name, the page is the same. */
const growing = (added: string): TrapKind => ({
  entry: link('/copies/page'),
  trap: ({ path }) => (path.startsWith('/copies/') ? plainPage('A copy', link(path + added, 'copy')) : null),
});

export const ADDRESS_TRAPS: Readonly<Record<string, TrapKind>> = {
  'days one behind the other': days(
    'diary',
    '/diary/2026/11/05',
    (day) => `/diary/${isoOf(day).replaceAll('-', '/')}`,
    (written) => new Date(written.replaceAll('/', '-')),
  ),
  'days of eight digits': days(
    'log',
    '/log/20261105',
    (day) => `/log/${isoOf(day).replaceAll('-', '')}`,
    (written) => new Date(written.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')),
  ),
  'moments that name their day': days(
    'day',
    '/day?t=1790000000',
    (day) => `/day?t=${day.getTime() / 1_000}`,
    (written) => new Date(Number(written) * 1_000),
  ),
  weeks: {
    entry: link('/week/2026-W45'),
    trap({ segments: [first, written = ''] }) {
      if (first !== 'week') return null;
      const [year = 0, week = 0] = written.split('-W').map(Number);
      const at = year * 52 + week - 1;
      const near = [at - 1, at + 1, at + 52].map((each) => {
        return link(`/week/${Math.floor(each / 52)}-W${String((each % 52) + 1).padStart(2, '0')}`);
      });
      return plainPage(`Week ${week} of ${year}, ${monthAt(Math.floor(week / 5)).name}`, ...near);
    },
  },
  'letters large and small': {
    entry: link('/aboutourcompany'),
    trap({ path, random }) {
      if (path.toLowerCase() !== '/aboutourcompany') return null;
      const other = (): string =>
        path.replace(/[a-z]/gi, (letter) => letter[random() < 0.5 ? 'toUpperCase' : 'toLowerCase']());
      return plainPage('About us', ...[1, 2, 3, 4].map(() => link(other(), 'about')));
    },
  },
  'a parameter in a segment': {
    entry: '',
    trap(place, { token }) {
      const number = numberOf({ ...place, path: place.path.replace(/;.*/, '') });
      if (number === null || number >= REAL_PAGES) return null;
      const marked = (path: string): string => `${path};v=${token(10)}`;
      return realPage(number, link(marked('/'), 'home'), 1, marked);
    },
    real: (path) => path.replace(/;.*/, ''),
  },
  'a name that grows': growing('-copy'),
  'a name that grows by numbers': growing('-2'),
};
