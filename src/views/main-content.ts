// What a page is about, without what stands around it: navigation, banners, what other pages are, what asks for consent. Pure. It
// trusts what the page says of its parts (main, article, nav, roles, hidden), then the names that people give them, and at last
// where most of the text is.

import type { Branch, Node } from '../parse/page-tree.ts';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Never content. `noscript` says again what a script would. */
const DROPPED = words(
  'head script style title noscript template iframe frame object embed applet svg canvas audio video map nav dialog button input select textarea datalist progress meter link meta xmp noembed noframes',
);
const DROPPED_ROLES = words(
  'navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar tablist tooltip',
);
/** Content where it is text, and navigation where it is links. */
const DOUBTED = words('aside footer header menu form');
/** Parts of classes and ids: of what is never content, */
const NEVER = words(
  'cookie cookies consent gdpr popup newsletter disqus comments breadcrumb breadcrumbs skip skiplink headerlink sharing advert advertisement ads adsbygoogle linenos lineno lineos linenumbers sr-only visuallyhidden noprint editsection',
);
/** and of what is none where it is short or links. */
const SELDOM = words(
  'ad banner share social related sidebar subscribe modal overlay pagination pager nav navbar navigation sitenav menu menubar toolbar footer foot toc topbar masthead sponsor promo recommended meta tags',
);
const HIDING = /display\s*:\s*none|visibility\s*:\s*hidden/i;
/** Any of them, as a part of a word too: most names have none. */
const MENTIONS = new RegExp([...NEVER, ...SELDOM].join('|'), 'i');
const SHORT_LENGTH = 200;
const LINKED_SHARE = 0.4;
/** Of the text of a page, what its `main` or its only `article` must have at least to be believed, */
const BELIEVED_SHARE = 0.2;
/** and what a part must have to be gone into where nobody says which it is. */
const MOST_SHARE = 0.75;
const CONTAINERS = words('body center div section article main span form table tbody tr td');

const NO_WEIGHT: Weight = { text: 0, linked: 0 };

interface Weight {
  /** Characters, spaces not counted twice. */
  text: number;
  /** Those of them that are links. */
  linked: number;
}

/** The part of the page to show, with nothing in it that is none of its content. Takes the tree apart. */
export function mainContent(root: Branch): Branch {
  const verdict = createVerdict();
  const weights = new Map<Branch, Weight>();
  const body = find(root, (branch) => branch.name === 'body') ?? root;
  weights.set(body, weigh(body, weights, verdict, false));
  const weightOf = (branch: Branch): number => ownText(weights.get(branch) ?? NO_WEIGHT);
  const whole = weightOf(body);
  const heaviest = (isWanted: (branch: Branch) => boolean): Branch | null => {
    const most = [...weights.keys()].filter(isWanted).reduce<Branch | null>((best, branch) => {
      return best === null || weightOf(branch) > weightOf(best) ? branch : best;
    }, null);
    return most !== null && weightOf(most) >= whole * BELIEVED_SHARE ? most : null;
  };
  const main = heaviest(({ name, attributes }) => name === 'main' || attributes['role'] === 'main');
  if (main !== null) return main;
  const articles = [...weights.keys()].filter(({ name }) => name === 'article');
  const article = articles.length === 1 ? heaviest(({ name }) => name === 'article') : null;
  return article ?? mostOf(body, weightOf);
}

/** Goes down to where the text no longer is in one part. */
function mostOf(body: Branch, weightOf: (branch: Branch) => number): Branch {
  let at = body;
  for (;;) {
    const least = weightOf(at) * MOST_SHARE;
    const isMost = (child: Node): child is Branch => typeof child !== 'string' && weightOf(child) > least;
    const next = at.children.find(isMost);
    // A page of nothing but links has no text of its own.
    if (next === undefined || least === 0) return at;
    at = next;
  }
}

/** Weighs all that is kept, and takes out of the tree what is not. `isInside`: within a main part or an article. */
function weigh(branch: Branch, weights: Map<Branch, Weight>, verdict: VerdictOf, isInside: boolean): Weight {
  const weight: Weight = { text: 0, linked: 0 };
  const isContent = isInside || branch.name === 'main' || branch.name === 'article';
  branch.children = branch.children.filter((child) => {
    if (typeof child === 'string') {
      weight.text += child.trim().length;
      return true;
    }
    const said = isWhole(child.name) ? null : verdict(child.attributes);
    if (said === 'never' || isNever(child)) return false;
    const own = weigh(child, weights, verdict, isContent);
    if ((said === 'seldom' || DOUBTED.has(child.name)) && isDoubtful(child, own, isContent, said)) return false;
    if (CONTAINERS.has(child.name) || child.attributes['role'] === 'main') weights.set(child, own);
    weight.text += own.text;
    weight.linked += child.name === 'a' ? own.text : own.linked;
    return true;
  });
  return weight;
}

function isNever({ name, attributes }: Branch): boolean {
  if (DROPPED.has(name)) return true;
  const { role, hidden, style } = attributes;
  if (role !== undefined && DROPPED_ROLES.has(role)) return true;
  if (hidden !== undefined && hidden !== 'until-found') return true;
  if (attributes['aria-hidden'] === 'true' && name !== 'pre' && name !== 'code') return true;
  return style !== undefined && HIDING.test(style);
}

function isDoubtful({ name, children }: Branch, { text, linked }: Weight, isInside: boolean, said: Verdict): boolean {
  // The header of an article has its title.
  if (name === 'header' && said === null && (isInside || children.some(hasHeading))) return false;
  if (children.some(hasTitle)) return false;
  // A form may hold a whole page, and what stands aside in the text is a note.
  const isShort = text < SHORT_LENGTH && name !== 'form' && !(name === 'aside' && isInside);
  return isShort || linked > text * LINKED_SHARE;
}

function hasHeading(node: Node): boolean {
  return typeof node !== 'string' && (/^h[12]$/.test(node.name) || node.children.some(hasHeading));
}

function hasTitle(node: Node): boolean {
  return typeof node !== 'string' && (node.name === 'h1' || node.children.some(hasTitle));
}

function isWhole(name: string): boolean {
  return name === 'body' || name === 'main' || name === 'article' || name === 'html';
}

/** What names say of an element. */
type Verdict = 'never' | 'seldom' | null;
type VerdictOf = (attributes: Branch['attributes']) => Verdict;

// A page has the same few classes again and again.
function createVerdict(): VerdictOf {
  const known = new Map<string, Verdict>();
  const ofName = (name: string): Verdict => {
    if (!MENTIONS.test(name)) return null;
    const before = known.get(name);
    if (before !== undefined) return before;
    const parts = wordsOf(name);
    const said = parts.some((word) => NEVER.has(word))
      ? 'never'
      : parts.some((word) => SELDOM.has(word))
        ? 'seldom'
        : null;
    known.set(name, said);
    return said;
  };
  return ({ class: classes, id }) => {
    const byClass = classes === undefined ? null : ofName(classes);
    if (byClass === 'never' || id === undefined) return byClass;
    return ofName(id) ?? byClass;
  };
}

/** The words that names are made of: of `sideBar_left` they are `side`, `bar`, `left` and `sidebar_left`. */
function wordsOf(names: string): string[] {
  return names.split(/\s+/).flatMap((name) => {
    const parts = name
      .replace(/([a-z])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .split(/[-_:]+/);
    return [name.toLowerCase(), ...parts];
  });
}

/** Text that is no link. */
function ownText({ text, linked }: Weight): number {
  return text - linked;
}

export function find(branch: Branch, isWanted: (branch: Branch) => boolean): Branch | null {
  if (isWanted(branch)) return branch;
  for (const child of branch.children) {
    const found = typeof child === 'string' ? null : find(child, isWanted);
    if (found !== null) return found;
  }
  return null;
}
