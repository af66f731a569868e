// More sites that only look like traps: views of a repository, galleries, references, histories, trees.

import { pick, seededRandom } from '../helpers/random.ts';
import type { RealSite } from './real-sites.ts';
import { link, MONTHS, sentence, WORDS } from './trap-pages.ts';

const page = (title: string, body: string): string =>
  `<!doctype html><title>${title}</title><nav>${link('/', 'Home')}</nav><main><h1>${title}</h1>${body}</main>`;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const known = (name: string, paths: readonly string[], site: RealSite['site']): RealSite => {
  return { name, site, paths: () => paths, isKnown: true };
};
const hashOf = (seed: number): string => {
  const random = seededRandom(seed);
  return numbers(40)
    .map(() => Math.floor(random() * 16).toString(16))
    .join('');
};

/** Each commit has its page, its difference and its tree, whose page says the same for all of them. */
export function repository(commits: number, files: number): RealSite {
  const hashes = numbers(commits).map((at) => hashOf(at + 1));
  const names = numbers(files).map((at) => `${WORDS[at % WORDS.length]}${at}.c`);
  const paths = hashes.flatMap((id) => [
    ...['commit', 'diff', 'tree'].map((view) => `/r/${view}/?id=${id}`),
    ...names.map((name) => `/r/tree/${name}?id=${id}`),
  ]);
  return known(`a view of a repository of ${commits} commits`, paths, (address) => {
    const { pathname, searchParams } = new URL(address, 'http://site.example');
    if (pathname === '/') return page('Log', hashes.map((id) => link(`/r/commit/?id=${id}`, id.slice(0, 8))).join(' '));
    const id = searchParams.get('id') ?? '';
    const at = hashes.indexOf(id);
    const say = (seed: number, words: number): string => `<pre>${sentence(seededRandom(seed), words)}</pre>`;
    if (pathname === '/r/commit/') {
      return page('Commit', say(at, 5) + ['diff', 'tree'].map((view) => link(`/r/${view}/?id=${id}`, view)).join(' '));
    }
    if (pathname === '/r/diff/') return page('Difference', say(at, 20));
    if (pathname === '/r/tree/')
      return page('Tree', names.map((name) => link(`/r/tree/${name}?id=${id}`, name)).join(' '));
    const file = names.indexOf(pathname.slice('/r/tree/'.length));
    // A file changes with one commit in ten.
    return page('File', say(1_000 * file + Math.floor((at + file) / 10), 50));
  });
}

/** Pictures one behind the other, whose pages have no words of their own. */
export function gallery(pictures: number): RealSite {
  const paths = numbers(pictures).map((at) => `/photo/${at + 1}`);
  return known(`a gallery of ${pictures} pictures`, paths, (address) => {
    if (address === '/') return page('Gallery', link('/photo/1', 'first'));
    const at = Number(address.slice('/photo/'.length));
    return page(
      'Photo',
      `<IMG width=640 SRC="/pictures/${at}.jpg?w=640">${at < pictures ? link(`/photo/${at + 1}`, 'next') : ''}`,
    );
  });
}

/** Classes of packages, each with the next and the one before, from a few words. */
export function reference(packages: number, classes: number): RealSite {
  const paths = numbers(packages * classes).map((at) => {
    const random = seededRandom(at);
    return `/api/pkg${Math.floor(at / classes)}/${pick(random, WORDS)}${pick(random, WORDS)}.${at % classes}.html`;
  });
  const numberOf = new Map(paths.map((path, at) => [path, at]));
  return known(`a reference of ${paths.length} classes`, paths, (address) => {
    if (address === '/')
      return page(
        'Packages',
        numbers(packages)
          .map((at) => link(paths[at * classes]!))
          .join(' '),
      );
    const at = numberOf.get(address)!;
    const near = [at - 1, at + 1].filter((each) => Math.floor(each / classes) === Math.floor(at / classes));
    return page('Class', near.map((each) => link(paths[each]!, 'a class')).join(' '));
  });
}

/** Pages with their histories and old versions, all by parameters of one script. */
export function histories(pages: number, versions: number): RealSite {
  const titles = numbers(pages).map((at) => `${pick(seededRandom(at), WORDS)}_${at}`);
  const at = (title: string, more = ''): string => `/index.php?title=${title}${more}`;
  const paths = titles.flatMap((title, nth) => [
    at(title),
    at(title, '&action=history'),
    ...numbers(versions).map((version) => at(title, `&oldid=${nth * 10 + version}`)),
  ]);
  return known(`the histories of ${pages} pages`, paths, (address) => {
    const query = new URL(address, 'http://site.example').searchParams;
    const title = query.get('title') ?? titles[0]!;
    const nth = titles.indexOf(title);
    const frame = link(at(title), 'read') + link(at(title, '&amp;action=history'), 'history');
    if (query.has('action')) {
      const dated = (version: number): string => `${version + 1} ${pick(seededRandom(nth), MONTHS)} ${2005 + version}`;
      return page(
        'History',
        frame +
          numbers(versions)
            .map((version) => link(at(title, `&amp;oldid=${nth * 10 + version}`), dated(version)))
            .join(''),
      );
    }
    const others = [2 * nth + 1, 2 * nth + 2].filter((other) => other < pages).map((other) => link(at(titles[other]!)));
    return page(title, frame + sentence(seededRandom(nth + Number(query.get('oldid') ?? 0)), 40) + others.join(' '));
  });
}

/** Names below names, `children` below each, with no way back. */
export function taxonomy(depth: number, children: number): RealSite {
  const nameOf = (place: string): string => {
    const random = seededRandom([...place].reduce((sum, digit) => sum * 11 + Number(digit) + 1, 7));
    return `/taxon/${numbers(5)
      .map(() => pick(random, ['ba', 'ce', 'di', 'fo', 'gu', 'la', 'me', 'ni', 'po', 'ru']))
      .join('')}-${place.replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!)}`;
  };
  const places = [''];
  for (const place of places)
    if (place.length < depth) places.push(...numbers(children).map((child) => `${place}${child}`));
  const placeOf = new Map(places.map((place) => [nameOf(place), place]));
  return known(`a taxonomy of ${places.length} names`, [...placeOf.keys()], (address) => {
    const place = placeOf.get(address);
    if (place === undefined) return page('Life', link(nameOf('')));
    const below = place.length < depth ? numbers(children).map((child) => link(nameOf(`${place}${child}`))) : [];
    return page(
      address.slice('/taxon/'.length),
      `<p>${sentence(seededRandom(place.length), 20)}</p>${below.join(' ')}`,
    );
  });
}

/** Issues of a newspaper below lists of months, which say nothing but their numbers; `at` makes the address. */
export function newspaper(years: number, at: (year: number, month: number, day: number) => string): RealSite {
  const days = numbers(years * 48).map(
    (issue) => [2026 - Math.floor(issue / 48), (Math.floor(issue / 4) % 12) + 1, (issue % 4) * 8 + 1] as const,
  );
  const issues = new Map(days.map((day) => [at(...day), day]));
  const lists = (year: number): string[] => numbers(12).map((month) => `/${year}/${month + 1}/`);
  const paths = [...issues.keys(), ...numbers(years).flatMap((year) => lists(2026 - year))];
  return known(`a newspaper of ${years} years (${at(2026, 1, 9)})`, paths, (address) => {
    const issue = issues.get(address);
    if (issue !== undefined)
      return page('Issue', sentence(seededRandom(issue[0] * 372 + issue[1] * 31 + issue[2]), 12));
    const [, year, month] = address.split('/').map(Number);
    if (!year)
      return page(
        'Archive',
        numbers(years)
          .map((each) => link(`/${2026 - each}/`))
          .join(' '),
      );
    if (!month)
      return page(
        `${year}`,
        lists(year)
          .map((path) => link(path))
          .join(' '),
      );
    const inMonth = [1, 9, 17, 25].map((day) => link(at(year, month, day)));
    return page(`${year} ${month}`, inMonth.join(' '));
  });
}

/** Events of months by name, each month with the next. */
export function monthsOfEvents(years: number): RealSite {
  const at = (month: number): string =>
    `/events/${MONTHS[month % 12]!.toLowerCase()}-${2027 - years + Math.floor(month / 12)}`;
  const paths = numbers(years * 12).map(at);
  return known(`events of ${paths.length} months by name`, paths, (address) => {
    if (address === '/') return page('Events', link(paths.at(-1)!));
    const month = paths.indexOf(address);
    return page('Events', `<p>${sentence(seededRandom(month), 8)}</p>${month > 0 ? link(paths[month - 1]!) : ''}`);
  });
}

/** Products that only the pages of a filter lead to. */
export function filter(products: number): RealSite {
  const choices = {
    colour: ['red', 'blue', 'green', 'white'],
    size: ['s', 'm', 'l', 'xl'],
    brand: [...WORDS.slice(0, 8)],
  };
  const paths = numbers(products).map((at) => `/p/${at}`);
  return known(`a filter with ${products} products`, paths, (address) => {
    const { pathname, searchParams } = new URL(address, 'http://site.example');
    if (pathname.startsWith('/p/'))
      return page(pathname.slice(3), sentence(seededRandom(Number(pathname.slice(3))), 9));
    const chosen = Object.fromEntries(searchParams);
    const others = Object.entries(choices).flatMap(([name, values]) =>
      values.map((value) => {
        const fields = Object.entries({ ...chosen, [name]: value }).sort();
        return link(`/f?${String(new URLSearchParams(fields)).replaceAll('&', '&amp;')}`, value);
      }),
    );
    const place = Object.entries(choices).reduce(
      (sum, [name, values]) => sum * 9 + values.indexOf(chosen[name] ?? '') + 1,
      0,
    );
    const shown = numbers(5).map((at) => link(paths[(place * 5 + at) % products]!, `product ${at}`));
    return page('Filter', `${others.join(' ')} ${shown.join(' ')}`);
  });
}

/** Documents with a hash in place of a name, from lists of fifty. */
export function hashes(documents: number): RealSite {
  const paths = numbers(documents).map((at) => `/d/${hashOf(at).slice(0, 32)}`);
  return known(`${documents} documents named by hashes`, paths, (address) => {
    if (address === '/')
      return page(
        'Lists',
        numbers(documents / 50)
          .map((at) => link(`/l/${at}`))
          .join(' '),
      );
    if (!address.startsWith('/l/')) return page('Document', `<p>${paths.indexOf(address) % 7}</p>`);
    const from = Number(address.slice(3)) * 50;
    return page(
      'List',
      paths
        .slice(from, from + 50)
        .map((path) => link(path))
        .join(' '),
    );
  });
}

/** Brands with products of the same names, each with two others of its brand. */
export function brands(many: number, products: number): RealSite {
  const at = (brand: number, product: number): string =>
    `/shop/${WORDS[brand % 26]}-${brand}/${WORDS[product % 26]}-lamp-${product}`;
  const paths = numbers(many * products).map((each) => at(Math.floor(each / products), each % products));
  const numberOf = new Map(paths.map((path, each) => [path, each]));
  return known(`${many} brands with ${products} products of the same names`, paths, (address) => {
    if (address === '/')
      return page(
        'Brands',
        numbers(many)
          .map((brand) => link(at(brand, 0)))
          .join(' '),
      );
    const each = numberOf.get(address)!;
    const [brand, product] = [Math.floor(each / products), each % products];
    const next = [2 * product + 1, 2 * product + 2].filter((other) => other < products);
    return page(
      `${WORDS[product % 26]} lamp ${product}`,
      `<p>${(5 + seededRandom(each)() * 90).toFixed(2)}</p>${next.map((other) => link(at(brand, other))).join(' ')}`,
    );
  });
}

/** Numbered lists that say only their number, with numbered leaves below each that say only theirs. */
export function fans(lists: number, leaves: number): RealSite {
  const leaf = (list: number, at: number): string => `/hub/${list}/page-${lists + list + at * lists}.html`;
  const paths = numbers(lists * leaves).map((each) => leaf(each % lists, Math.floor(each / lists)));
  const linked = (targets: readonly string[]): string => targets.map((path) => link(path, path)).join(' ');
  return known(`${lists} lists with ${leaves} leaves each`, paths, (address) => {
    const [, list, number] = /^\/hub\/(\d+)\/(?:page-(\d+)\.html)?$/.exec(address) ?? [];
    if (list === undefined) return page('Root', linked(numbers(lists).map((at) => `/hub/${at}/`)));
    if (number !== undefined) return page(`Page ${number}`, linked(['/', `/hub/${list}/`]));
    return page(`Hub ${list}`, linked(['/', ...numbers(leaves).map((at) => leaf(Number(list), at))]));
  });
}
