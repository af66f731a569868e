// What the names of a part of a page say of it: its classes and its id. Names alone prove nothing: people call a chapter on cookies
// `cookies`, and an id is most often the anchor of a heading. So they only make a part doubtful, and its form decides.

import type { Branch } from '../../parse/html/page-tree.ts';

/** What a part's names say. */
export interface Doubt {
  /** Only its id says so, which may be an anchor. */
  readonly isById: boolean;
  /** A name of two such words, as `cookie-banner` or `site-footer` is: nothing but a part of a layout is called so. */
  readonly isSure: boolean;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Parts of classes and ids: what stands around the content of pages. */
const ROLES = words(
  'ad ads adsbygoogle advert advertisement banner breadcrumb breadcrumbs comments consent cookie cookies disqus footer gdpr masthead menu menubar meta modal nav navbar navfooter navheader navigation newsletter noprint overlay pager pagination popup promo recommended related share sharing sidebar sitenav social sponsor subscribe tags toolbar topbar',
);
/** What goes with them in a name, and says nothing by itself. */
const QUALIFIERS = words(
  'area bar bottom box buttons container dialog global header icons inner left links list main notice page posts primary right secondary site top widget wrap wrapper',
);
/** One word, and two in truth. */
const SURE = words('adsbygoogle disqus navfooter navheader');
/** Any of them, as a part of a word too: most names have none. */
const MENTIONS = new RegExp([...ROLES].join('|'), 'i');

type NamesOf = (attributes: Branch['attributes']) => Doubt | null;
/** `partly`: there are words beside, as in `related-package`. */
type Said = 'sure' | 'wholly' | 'partly' | null;

/** Remembers names, because a page has the same few classes again and again. */
export function createNames(): NamesOf {
  const known = new Map<string, Said>();
  const saidBy = (names: string | undefined): Said => {
    if (names === undefined || !MENTIONS.test(names)) return null;
    const before = known.get(names);
    if (before !== undefined) return before;
    const all = names.split(/\s+/).map(saidByName);
    const said = (['sure', 'wholly', 'partly'] as const).find((each) => all.includes(each)) ?? null;
    known.set(names, said);
    return said;
  };
  return ({ class: classes, id }) => {
    const byClass = saidBy(classes);
    const byId = saidBy(id);
    // An id that says more than the part is for is a name of what is in it.
    if (byClass === null && (byId === null || byId === 'partly')) return null;
    return { isById: byClass === null, isSure: byClass === 'sure' || byId === 'sure' };
  };
}

/** Of `sideBar_left` the words are `side`, `bar` and `left`, and `sidebar`. */
function saidByName(name: string): Said {
  const parts = name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_:]+/)
    .filter((part) => part !== '');
  const joined = parts.slice(1).map((part, at) => parts[at]! + part);
  if (![...parts, ...joined].some((part) => ROLES.has(part))) return null;
  const isWhole = parts.every((part) => ROLES.has(part) || QUALIFIERS.has(part));
  if ((parts.length > 1 && isWhole) || parts.some((part) => SURE.has(part))) return 'sure';
  return isWhole || (parts.length === 2 && ROLES.has(joined[0]!)) ? 'wholly' : 'partly';
}
