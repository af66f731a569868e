// More kinds of traps, as the programs behind many sites make them: facets with a number each, periods that are named
// for their first day, calendars with views, folders that hold themselves, mazes of words.

import { pick, type Random } from '../helpers/random.ts';
import {
  link,
  MONTHS,
  monthAt,
  numberOf,
  type Place,
  plainPage,
  REAL_PAGES,
  realPage,
  realPath,
  type TrapKind,
  WORDS,
} from './trap-pages.ts';

const DAY_MS = 86_400_000;
const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const twoDigits = (number: number): string => String(number).padStart(2, '0');
const escaped = (address: string): string => address.replaceAll('&', '&amp;');
const shown = ({ random }: Place, count: number): string[] =>
  many(count, () => link(realPath(Math.floor(random() * REAL_PAGES)), pick(random, WORDS)));

/** A page with choices in a list, which `at` puts into its address and `read` takes from there. */
function facets(
  path: string,
  at: (chosen: readonly string[]) => string,
  read: (place: Place) => readonly string[],
): TrapKind {
  const all = ['colour', 'size', 'brand'].flatMap((name) => many(5, (value) => `${name}:${WORDS[value]}`));
  return {
    entry: link(escaped(at([all[0]!]))),
    trap(place) {
      if (place.path !== path) return null;
      const chosen = read(place);
      const others = all.filter((each) => !chosen.includes(each));
      return `<title>Catalogue</title>${[...others.map((each) => at([...chosen, each])), at(chosen.slice(1))]
        .map((each) => link(escaped(each), 'a choice'))
        .join(' ')}${shown(place, 6).join(' ')}`;
    },
  };
}

/** A name of so many syllables. */
const syllables = (random: Random, count: number): string =>
  many(count, () => pick(random, ['ba', 'ce', 'di', 'fo', 'gu', 'la', 'me', 'ni', 'po', 'ru', 'sa', 'te'])).join('');

/** Pages of many words with links to others, whose paths have `least` to `most` words below `root`. */
function maze(root: string, word: (random: Random) => string, least: number, most: number): TrapKind {
  return {
    entry: link(`${root}/basa/dila`),
    trap(place) {
      const { path, random } = place;
      if (!path.startsWith(`${root}/`) || numberOf(place) !== null) return null;
      const text = (words: number): string => many(words, () => word(random)).join(' ');
      const links = many(5 + Math.floor(random() * 5), () =>
        link(
          `${root}/${many(least + Math.floor(random() * (most - least + 1)), () => word(random)).join('/')}`,
          text(2),
        ),
      );
      const paragraphs = many(2 + Math.floor(random() * 4), () => `<p>${text(70)}</p>`);
      return `<title>${text(3)}</title>${paragraphs.join('')}<ul><li>${links.join('<li>')}</ul>`;
    },
  };
}

export const PROGRAM_TRAPS: Readonly<Record<string, TrapKind>> = {
  'facets with a number each': facets(
    '/catalogue',
    (chosen) => `/catalogue?${chosen.map((each, at) => `f%5B${at}%5D=${encodeURIComponent(each)}`).join('&')}`,
    ({ query }) => [...query.values()],
  ),
  'facets in JSON': facets(
    '/explore',
    (chosen) => `/explore?s=${encodeURIComponent(JSON.stringify({ f: chosen }))}`,
    ({ query }) => JSON.parse(query.get('s')!).f,
  ),
  'periods named for their first day': {
    entry: link('/timeline?from=Nov%2027%2C%202026'),
    trap({ path, query }) {
      if (path !== '/timeline') return null;
      const from = new Date(`${query.get('from')} UTC`).getTime();
      const at = (time: number): string => {
        const day = new Date(time);
        return `${MONTHS[day.getUTCMonth()]!.slice(0, 3)} ${day.getUTCDate()}, ${day.getUTCFullYear()}`;
      };
      const near = [-31, 31].map((days) =>
        link(`/timeline?from=${encodeURIComponent(at(from + days * DAY_MS))}`, 'go'),
      );
      return plainPage('Timeline', `<p>From ${at(from)} and 30 days back</p>`, ...near);
    },
  },
  'a calendar with lists and files of each month': {
    entry: link('/events/2026-11/'),
    trap({ path, segments: [first, second = '', third = ''], query }) {
      if (first !== 'events') return null;
      const written = query.get('from') ?? (second === 'list' ? third : second);
      const [year = 0, month = 0, day] = written.split('-').map(Number);
      const at = (step: number): string => monthAt(year * 12 + month - 1 + step).at.replace('/', '-');
      if (second === 'list' || query.size > 0)
        return plainPage('Events', link(`/events/list/?from=${at(-1)}-01`), link(`/events/list/?from=${at(1)}-01`));
      if (day !== undefined)
        return plainPage(`Events on ${written}`, link(path.replace(/\d\d\/$/, `${twoDigits(day + 1)}/`)));
      const days = many(28, (each) => link(`/events/${written}-${twoDigits(each + 1)}/`, `${each + 1}`));
      const views = [`/events/list/?from=${written}-01`, `/events/${written}/?ical=1`];
      return plainPage(
        written,
        ...[`/events/${at(-1)}/`, `/events/${at(1)}/`, ...views].map((each) => link(each)),
        ...days,
      );
    },
  },
  'years, months and days of a calendar': {
    entry: link('/calendar/2026-11'),
    trap({ segments: [first, view = '', written = view] }) {
      if (first !== 'calendar') return null;
      const [year = 0, month = 1] = written.split('-').map(Number);
      const at = (step: number): string => monthAt(year * 12 + month - 1 + step).at.replace('/', '-');
      const days = many(28, (day) => link(`/calendar/day/${at(0)}-${twoDigits(day + 1)}`, `${day + 1}`));
      const near = [
        `/calendar/${at(-1)}`,
        `/calendar/${at(1)}`,
        `/calendar/year/${year + 1}`,
        `/calendar/mini/${at(1)}`,
      ];
      return plainPage(
        `${MONTHS[month - 1]} ${year}`,
        ...near.map((each) => link(each)),
        `<aside>${days.join('')}</aside>`,
      );
    },
  },
  'folders that hold themselves by two names': {
    entry: link('/pub/'),
    trap({ path, segments: [first, ...rest] }) {
      if (first !== 'pub') return null;
      const inside = rest.filter((name) => name !== 'latest' && name !== 'current');
      const files = WORDS.slice(0, 20).map((word) => `${word}.html`);
      if (inside.length === 0)
        return plainPage(`Index of ${path}`, ...['latest/', 'current/', ...files].map((each) => link(each)));
      return inside.length === 1 && files.includes(inside[0]!) ? plainPage('File', `<p>${inside[0]}</p>`) : null;
    },
  },
  'a relative menu on a page that answers everywhere': {
    entry: link('/app/home'),
    trap: ({ segments: [first] }) => {
      const menu = ['products/list', 'products/new', 'services/all', 'company/about', 'company/jobs', 'help/contact'];
      return first === 'app' ? plainPage('Could not be loaded', ...menu.map((each) => link(each))) : null;
    },
  },
  'a relative menu on real pages': {
    entry: '',
    trap(place) {
      const path = `/${place.segments.filter((name) => !['en', 'shop', 'team'].includes(name)).join('/')}`;
      const number = numberOf({ ...place, path });
      if (number === null || number >= REAL_PAGES) return null;
      return realPage(
        number,
        ['en', 'shop', 'team'].map((name) => link(`${name}/page-${number}.html`, name)).join(' '),
        1,
      );
    },
  },
  'letters of any case in all links': {
    entry: '',
    trap(place, { token }) {
      const number = numberOf({ ...place, path: place.path.toLowerCase() });
      if (number === null || number >= REAL_PAGES) return null;
      const as = (path: string): string =>
        path.replace(/[a-z]/g, (letter) => (token(1) < 'i' ? letter.toUpperCase() : letter));
      const others = [0, 13, 26].map((step) => link(as(realPath((number * 7 + step) % REAL_PAGES)), 'another'));
      return realPage(number, others.join(' '), 1, as);
    },
    real: (path) => path.toLowerCase(),
  },
  'a maze of few words': maze('/maze', (random) => syllables(random, 3), 2, 4),
  'a maze of many words': maze('/tarpit', (random) => syllables(random, 5), 1, 5),
  'a maze of any words at the root of its host': maze('', (random) => syllables(random, 3), 2, 4),
};
