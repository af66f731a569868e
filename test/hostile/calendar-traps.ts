// More kinds of traps: calendars in other notations and lists without end.

import { pick } from '../helpers/random.ts';
import {
  link,
  MONTHS,
  monthAt,
  plainPage,
  REAL_PAGES,
  realPath,
  sentence,
  type TrapKind,
  WORDS,
} from './trap-pages.ts';

const DAY_MS = 86_400_000;

/** A calendar of months, counted from year 0: `at` makes the address of a month, `monthOf` reads it. */
function months(
  name: string,
  at: (month: number) => string,
  monthOf: (written: string) => number,
  steps: readonly number[] = [-1, 1],
): TrapKind {
  const start = 2026 * 12 + 10;
  return {
    entry: link(at(start)),
    trap({ path, query }) {
      if (path !== `/${name}` && !path.startsWith(`/${name}/`)) return null;
      const month = monthOf(query.size > 0 ? [...query.values()][0]! : path.slice(name.length + 2));
      return plainPage(at(month), ...steps.map((step) => link(at(month + step))));
    },
  };
}

const NOVEMBRE = 'janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre'.split(' ');
const shortNames = MONTHS.map((month) => month.slice(0, 3).toLowerCase());
const inYear = (month: number): number => ((month % 12) + 12) % 12;
const yearOf = (month: number): number => Math.floor(month / 12);
const twoDigits = (number: number): string => String(number).padStart(2, '0');

const isoOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** A list page by page; `more` is what its page says besides. */
function list(at: (page: number) => string, steps: readonly number[], more: TrapKind['trap']): TrapKind {
  return {
    entry: link(at(1)),
    trap(place, tools) {
      const page = Number([...place.query.values()][0] ?? place.segments.at(-1));
      if (place.segments[0] !== 'list') return null;
      const links = steps.map((step) => link(at(page + step), step === 1 ? 'next' : `${page + step}`));
      return plainPage('List', `<p>Page ${page}</p>`, more(place, tools) ?? '', ...links);
    },
  };
}

export const CALENDAR_TRAPS: Readonly<Record<string, TrapKind>> = {
  'names of months in the path': months(
    'cal',
    (month) => `/cal/${yearOf(month)}/${shortNames[inYear(month)]}`,
    (written) => Number(written.slice(0, 4)) * 12 + shortNames.indexOf(written.slice(5)),
  ),
  'names of months in another language': months(
    'agenda',
    (month) => `/agenda/${NOVEMBRE[inYear(month)]}-${yearOf(month)}`,
    (written) => Number(written.split('-')[1]) * 12 + NOVEMBRE.indexOf(written.split('-')[0]!),
  ),
  'names of months in the query': months(
    'cal',
    (month) => `/cal?m=${MONTHS[inYear(month)]}-${yearOf(month)}`,
    (written) => Number(written.split('-')[1]) * 12 + MONTHS.indexOf(written.split('-')[0]!),
    [-12, -1, 1, 12],
  ),
  'months before their year': months(
    'kal',
    (month) => `/kal/${twoDigits(inYear(month) + 1)}.${yearOf(month)}`,
    (written) => Number(written.slice(3)) * 12 + Number(written.slice(0, 2)) - 1,
  ),
  'days before their month and year': {
    entry: link('/day/05-11-2026'),
    trap({ segments: [first, written = ''] }) {
      if (first !== 'day') return null;
      const [day = 1, month = 1, year = 0] = written.split('-').map(Number);
      const near = [-7, -1, 1, 7].map((step) =>
        isoOf(Date.UTC(year, month - 1, day + step))
          .split('-')
          .reverse(),
      );
      return plainPage(`Day ${written}`, ...near.map((each) => link(`/day/${each.join('-')}`)));
    },
  },
  'months, lists and days of one calendar': {
    entry: link('/events/month/2026-11/'),
    trap({ segments: [first, , written = ''] }) {
      if (first !== 'events') return null;
      const time = new Date(written.length === 7 ? `${written}-01` : written).getTime() || 0;
      const near = [-31, 31].map((days) => isoOf(time + days * DAY_MS));
      return plainPage(
        `Events ${written}`,
        ...near.flatMap((day) => [
          link(`/events/month/${day.slice(0, 7)}/`),
          link(`/events/list/${day}/`),
          link(`/events/day/${day}/`),
        ]),
        link(`/events/month/${isoOf(time).slice(0, 7)}/?ical=1`),
      );
    },
  },
  'months of three years on each page': {
    entry: link('/calendar/2026/11'),
    trap({ segments: [first, year, month, day] }) {
      if (first !== 'calendar') return null;
      if (day !== undefined) return plainPage(`Day ${day}`);
      const around = Array.from({ length: 36 }, (_, at) => monthAt((Number(year) - 1) * 12 + at).at);
      const days = Array.from({ length: 10 }, (_, at) => `${year}/${month}/${twoDigits(at + 1)}`);
      return plainPage(`${month} of ${year}`, ...[...around, ...days].map((each) => link(`/calendar/${each}`)));
    },
  },
  'weeks before their year': {
    entry: link('/plan/kw45-2026'),
    trap({ segments: [first, written = ''] }) {
      if (first !== 'plan') return null;
      const [week = 0, year = 0] = written.slice(2).split('-').map(Number);
      const at = year * 52 + week - 1;
      const near = [at - 1, at + 1].map((each) => link(`/plan/kw${(each % 52) + 1}-${Math.floor(each / 52)}`));
      return plainPage(`Week ${week}, ${monthAt(Math.floor(week / 5)).name}`, ...near);
    },
  },
  'years of another count': months(
    'taqwim',
    (month) => `/taqwim/${yearOf(month) - 621}/${twoDigits(inYear(month) + 1)}`,
    (written) => (Number(written.slice(0, 4)) + 621) * 12 + Number(written.slice(5)) - 1,
  ),
  'an offset without end': {
    entry: link('/list?offset=0&amp;limit=20'),
    trap({ path, query }) {
      if (path !== '/list') return null;
      const offset = Number(query.get('offset'));
      const item = offset < 100 ? link(realPath(offset / 20 + 1)) : '';
      return plainPage(
        'List',
        `showing ${offset} to ${offset + 20}`,
        item,
        link(`/list?offset=${offset + 20}&amp;limit=20`),
      );
    },
  },
  'pages with popular ones beside': list(
    (page) => `/list/page/${page}`,
    [1],
    ({ random }) =>
      [1, 2, 3, 4].map(() => link(realPath(Math.floor(random() * REAL_PAGES)), pick(random, WORDS))).join(' '),
  ),
  'pages with a teaser beside': list(
    (page) => `/list/page/${page}`,
    [1, 2],
    ({ random }) => `<aside>${sentence(random, 12)}</aside>`,
  ),
  'pages that link to the next five': list(
    (page) => `/list?page=${page}`,
    [-1, 1, 2, 3, 4, 5],
    () => null,
  ),
};
