// What the classes and the id of a part say about it. Names prove nothing: a chapter on cookies may be called
// `cookies`, and an id is most often the anchor of a heading. So a name only makes a part doubtful, and its form
// decides.

import type { Branch } from '../../parse/html/page-tree.ts';

/** The doubt that a part's names raise. */
export interface Doubt {
  /** Only the id raises it, which may be an anchor. */
  readonly isById: boolean;
  /** The name has two words such as `cookie-banner` or `site-footer`. Only parts of a layout have those names. */
  readonly isSure: boolean;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Words in classes and ids of parts around the content. */
const ROLES = words(
  'ad ads adsbygoogle advert advertisement banner breadcrumb breadcrumbs comments consent cookie cookies disqus footer gdpr masthead menu menubar meta modal nav navbar navfooter navheader navigation newsletter noprint overlay pager pagination popup promo recommended related share sharing sidebar sitenav social sponsor subscribe tags toolbar topbar',
);
/** Words that accompany them in a name and mean nothing alone. */
const QUALIFIERS = words(
  'area bar bottom box buttons container dialog global header icons inner left links list main notice page posts primary right secondary site top widget wrap wrapper',
);
/** Single words that consist of two. */
const SURE = words('adsbygoogle disqus navfooter navheader');
/** Finds any of the words, also inside of another word. Most names contain none of them. */
const MENTIONS = new RegExp([...ROLES].join('|'), 'i');

type NamesOf = (attributes: Branch['attributes']) => Doubt | null;
/** `partly` means that the name has other words too, as in `related-package`. */
type Said = 'sure' | 'wholly' | 'partly' | null;

/** Remembers names, because a page uses the same few classes again and again. */
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
    // An id with other words too names the content of the part.
    if (byClass === null && (byId === null || byId === 'partly')) return null;
    return { isById: byClass === null, isSure: byClass === 'sure' || byId === 'sure' };
  };
}

/** The words of `sideBar_left` are `side`, `bar`, `left` and `sidebar`. */
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
