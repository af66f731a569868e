// More sites that only look like traps: their pages say little or the same, but each stands where a site ends.

import { pick, type Random, seededRandom } from '../helpers/random.ts';
import type { RealSite } from './real-sites.ts';
import { link, WORDS } from './trap-pages.ts';

const DAY_MS = 86_400_000;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const linked = (paths: readonly string[]): string =>
  paths.map((path) => link(path.replaceAll('&', '&amp;'), 'this')).join(' ');
const page = (title: string, body = ''): string =>
  `<!doctype html><title>${title}</title><nav>${link('/', 'Home')}</nav><main><h1>${title}</h1>${body}</main>`;

/** A site of the pages that `add` adds; its first page leads to lists of `perList` of the `listed` ones. */
function site(
  name: string,
  listed: readonly string[],
  perList: number,
  add: (set: (path: string, body: string) => void) => void,
): RealSite {
  const pages = new Map<string, string>();
  const lists = numbers(Math.ceil(listed.length / perList)).map((at) => `/list-${at}`);
  pages.set('/', page('All', linked(lists)));
  for (const [at, path] of lists.entries())
    pages.set(path, page('List', linked(listed.slice(at * perList, (at + 1) * perList))));
  add((path, body) => pages.set(path, body));
  return { name, site: (path) => pages.get(path) ?? null, paths: () => [...pages.keys()], isKnown: true };
}

/** Pages with a few views each, which say the same for all of them. */
export function views(pages: number): RealSite {
  const paths = numbers(pages).map((at) => `/hub/${at}`);
  return site(`${pages} pages with three views each`, paths, 20, (set) => {
    for (const path of paths) {
      const all = ['view', 'edit-history', 'talk'].map((name) => `${path}/${name}`);
      set(path, page('Hub', linked(all)));
      for (const view of all) set(view, page('Nothing yet'));
    }
  });
}

/** Lists below lists, whose leaves are a part or two more of the path. */
export function parts(lists: number): RealSite {
  const paths = numbers(lists).map((at) => `/hub/${at}/`);
  return site(`${lists} lists of parts with leaves`, paths, lists, (set) => {
    for (const [at, path] of paths.entries()) {
      const below = numbers(3).map((part) => `${path}part/${part}/`);
      set(path, page(`${at}`, linked(below)));
      for (const part of below) {
        const leaves = numbers(3).map((leaf) => `${part}leaf/${leaf}`);
        set(part, page('Part', linked(leaves)));
        for (const leaf of leaves) set(leaf, page('Leaf'));
      }
    }
  });
}

/** Three kinds of folders of words, each with what the next one is named for. */
export function stubs(): RealSite {
  return site('a reference of generated stubs', ['/api/'], 1, (set) => {
    const below = (path: string, names: readonly string[]): string[] => names.map((name) => `${path}${name}/`);
    const packages = below('/api/', WORDS);
    set('/api/', page('API', linked(packages)));
    for (const each of packages) {
      const classes = below(each, WORDS);
      set(each, page('Package', linked(classes)));
      for (const one of classes) {
        const methods = below(one, WORDS.slice(0, 5));
        set(one, page('Class', linked(methods)));
        for (const method of methods) set(method, page('Generated stub'));
      }
    }
  });
}

/** Pages that say the same, at addresses which `at` makes; `later`: what the pages after the first hundred say. */
export function equalPages(pages: number, at: (number: number) => string, later: (number: number) => string): RealSite {
  const paths = numbers(pages).map(at);
  return site(`${pages} pages that say the same (${at(1)})`, paths, 50, (set) => {
    for (const [number, path] of paths.entries())
      set(path, page('Coming soon', number < 100 ? later(0) : later(number)));
  });
}

/** Pages of a script, which are equal but for their picture; one behind the other if `isRow`. */
export function pictures(pages: number, isRow: boolean): RealSite {
  const paths = numbers(pages).map((at) => `/view.php?pic=${at}`);
  const name = `${pages} pictures by one script${isRow ? ', one behind the other' : ''}`;
  return site(name, isRow ? paths.slice(0, 1) : paths, 30, (set) => {
    for (const [at, path] of paths.entries()) {
      const next = isRow && at + 1 < pages ? link(paths[at + 1]!, 'next') : '';
      set(path, page('Picture', `<img src="/pictures/${at}.jpg">${next}`));
    }
  });
}

const dayAt = (at: number): string => new Date(Date.UTC(2014, 0, 1) + at * DAY_MS).toISOString().slice(0, 10);

/** Pages of days, listed by months; `say` makes what they say, `at` their address. */
export function archive(days: number, at: (day: string) => string, say: (day: number) => string): RealSite {
  const all = numbers(days).map(dayAt);
  const months = [...new Set(all.map((day) => day.slice(0, 7)))];
  const paths = all.map(at);
  const name = `an archive of ${days} days (${paths[0]}, ${say(0)})`;
  return site(name, [...months.map((month) => `/archive/${month}`), ...paths.slice(-10)], 1_000, (set) => {
    for (const month of months)
      set(`/archive/${month}`, page('Month', linked(paths.filter((_, day) => all[day]!.startsWith(month)))));
    for (const [day, path] of paths.entries())
      set(path, page('Day', `<p>${say(day)}</p>${day > 0 ? link(paths[day - 1]!, 'before') : ''}`));
  });
}

/** Threads of a few pages each, with posts of a word; `at` makes the address of a page. */
export function threads(many: number, pages: number, at: (thread: number, page: number) => string): RealSite {
  const firsts = numbers(many).map((thread) => at(thread, 0));
  return site(`${many} threads of ${pages} pages (${at(1, 1)})`, firsts, 30, (set) => {
    for (const thread of numbers(many)) {
      for (const nth of numbers(pages)) {
        const say = pick(seededRandom(thread * pages + nth), ['ok', 'thanks', 'bump', 'why?']);
        const next = nth + 1 < pages ? link(at(thread, nth + 1).replaceAll('&', '&amp;'), 'next') : '';
        set(at(thread, nth), page('Re: patch', `<p>${say}</p>${next}`));
      }
    }
  });
}

/** Files of each commit by its hash; one of them never changes, and its page is the same byte for byte. */
export function commits(many: number): RealSite {
  const hash = (at: number): string => {
    const random = seededRandom(at + 1);
    return numbers(40)
      .map(() => Math.floor(random() * 16).toString(16))
      .join('');
  };
  const all = numbers(many).map(hash);
  const files = ['LICENSE', 'README', 'src/main.c', 'src/list.c', 'Makefile'];
  return site(
    `files of ${many} commits`,
    all.map((id) => `/commit/${id}`),
    30,
    (set) => {
      for (const [at, id] of all.entries()) {
        set(`/commit/${id}`, page('Commit', `<p>${at % 90}</p>${link(`/tree/${id}`, 'files')}`));
        set(`/tree/${id}`, page('Files', linked(files.map((file) => `/blob/${id}/${file}`))));
        for (const [nth, file] of files.entries()) {
          const version = nth === 0 ? 0 : Math.floor((at + nth * 3) / 10);
          set(`/blob/${id}/${file}`, page(file, `<pre>${version}</pre>`));
        }
      }
    },
  );
}

/** Products with a picture for each of a few colours, and no other difference. */
export function variants(products: number, colours: number): RealSite {
  const paths = numbers(products).map((at) => `/product/${WORDS[at % WORDS.length]}-${at}`);
  return site(`${products} products in ${colours} colours`, paths, 24, (set) => {
    for (const [at, path] of paths.entries()) {
      const all = numbers(colours).map((colour) => `${path}?colour=${colour}`);
      set(path, page(`Product ${at}`, linked(all)));
      for (const [colour, each] of all.entries())
        set(each, page(`Product ${at}`, `<img src="/pictures/${at}-${colour}.jpg">`));
    }
  });
}

/** Seats of rows of halls, each with the next one. */
export function seats(halls: number, rows: number, each: number): RealSite {
  const paths = numbers(halls).map((hall) => `/hall/${hall}`);
  return site(`${halls * rows * each} seats`, paths, halls, (set) => {
    for (const hall of paths) {
      const below = numbers(rows).map((row) => `${hall}/row/${row}`);
      set(hall, page('Hall', linked(below)));
      for (const row of below) {
        const all = numbers(each).map((seat) => `${row}/seat/${seat}`);
        set(row, page('Row', linked(all)));
        for (const [at, seat] of all.entries()) set(seat, page('Seat', link(all[(at + 1) % each]!, 'next')));
      }
    }
  });
}

/** Days one behind the other, each with a few numbers; `say` makes what they say of a random number. */
export function diary(days: number, at: (day: string) => string, say: (random: Random) => string): RealSite {
  const paths = numbers(days).map((day) => at(dayAt(day)));
  return site(`a diary of ${days} days (${paths[0]})`, paths.slice(-1), 1, (set) => {
    for (const [day, path] of paths.entries()) {
      const near = [day - 1, day + 1].filter((each) => each in paths).map((each) => link(paths[each]!, 'a day'));
      set(path, page(`The day ${dayAt(day)}`, `<p>${say(seededRandom(day))}</p>${near.join(' ')}`));
    }
  });
}

/** Pictures one behind the other, on pages without words; `shown` makes the element that shows one. */
export function album(pages: number, shown: (at: number) => string): RealSite {
  const paths = numbers(pages).map((at) => `/album/12/${at}`);
  return site(`an album of ${pages} pictures (${shown(7).replace(/[<>]/g, '')})`, paths.slice(0, 1), 1, (set) => {
    for (const [at, path] of paths.entries())
      set(path, page('Picture', shown(at) + (at + 1 < pages ? link(paths[at + 1]!, 'next') : '')));
  });
}

const weather = (random: Random): string =>
  `Max ${Math.floor(random() * 30)}, min ${Math.floor(random() * 15)}, ${Math.floor(random() * 100)} % ${pick(random, ['rain', 'sun', 'snow'])}`;
const clock = (random: Random): string => `${1 + Math.floor(random() * 12)}:${10 + Math.floor(random() * 50)}`;
const goals = (random: Random): string => `${Math.floor(random() * 5)}:${Math.floor(random() * 5)}`;

export const DIARIES: readonly ((days: number) => RealSite)[] = [
  (days) => diary(days, (day) => `/weather/${day.replaceAll('-', '/')}`, weather),
  (days) =>
    diary(
      days,
      (day) => `/tides?date=${day}`,
      (random) => `High ${clock(random)} and ${clock(random)}, low ${clock(random)} and ${clock(random)}`,
    ),
  (days) =>
    diary(
      days,
      (day) => `/results/${day}`,
      (random) =>
        numbers(4)
          .map(() => goals(random))
          .join(', '),
    ),
];
export const ALBUMS: readonly ((pages: number) => RealSite)[] = [
  (pages) => album(pages, (at) => `<img src="/show.php?id=${at}&amp;size=large">`),
  (pages) => album(pages, (at) => `<a href="https://pictures.example/${at}.jpg">full size</a>`),
  (pages) => album(pages, (at) => `<div style="background-image:url(/p/${at}.jpg)"></div>`),
];

/** The smaller ones, for every run of the tests. */
export const QUIET_SITES: readonly RealSite[] = [
  views(700),
  parts(400),
  stubs(),
  equalPages(
    600,
    (at) => `/?p=${at}`,
    () => '',
  ),
  equalPages(
    600,
    (at) => `/ticket?id=${at}`,
    (at) => `<p>${WORDS[at % 26]} ${at}</p>`,
  ),
  equalPages(
    600,
    (at) => `/hub/${1900 + at}/${(at % 12) + 1}`,
    () => '',
  ),
  pictures(600, false),
  pictures(600, true),
  archive(
    900,
    (day) => `/puzzle/${day}`,
    () => 'Play',
  ),
  archive(
    900,
    (day) => `/${day.replaceAll('-', '/')}/`,
    (day) => pick(seededRandom(day), ['Rain', 'Sun', 'Snow', 'Fog']),
  ),
  threads(150, 6, (thread, nth) => `/msg/${thread * 6 + nth}.html`),
  threads(100, 8, (thread, nth) => `/t?t=${thread}&page=${nth}`),
  threads(100, 10, (thread, nth) => `/t/${thread}${nth === 0 ? '' : `/page/${nth}`}`),
  commits(150),
  variants(100, 5),
  variants(20, 40),
  seats(8, 12, 10),
  ...DIARIES.map((make) => make(700)),
  ...ALBUMS.map((make) => make(600)),
];
