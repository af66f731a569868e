// What a page is about: what it calls its main part or its article, and otherwise the element in which nearly all of the text is. Pure.

import type { Branch } from '../../parse/html/page-tree.ts';
import {
  CODE,
  HEADING,
  has,
  ITEMS,
  isMain,
  isMostlyLinks,
  ownText,
  PROSE,
  type Scales,
  SHORT_LENGTH,
  TITLE,
  type Weight,
  weighParts,
} from './weigh-parts.ts';

/** Of the text of a page, what its `main` or its only `article` must have at least where they have no heading, */
const BELIEVED_SHARE = 0.2;
/** and what a part must have to be gone into where nobody says which it is. */
const MOST_SHARE = 0.75;
const TITLE_LINKED_SHARE = 0.7;
const CONTENTS = /(?:^|[\s_-])(?:toc|toctree|contents)(?=$|[\s_-])/i;
const CELL = /^t[dh]$/;
const SAYING = /^(?:h[1-6]|p|pre|blockquote|table|figure)$/;

/** The part of the page to show, with nothing in it that is not content. Takes the tree apart. */
export function mainContent(root: Branch): Branch {
  const body = find(root, ({ name }) => name === 'body') ?? root;
  const scales = weighParts(body);
  const { parts, weightOf } = scales;
  const heaviest = (candidates: readonly Branch[]): Branch | null => {
    const best = candidates.toSorted((one, other) => weightOf(other).text - weightOf(one).text)[0];
    if (best === undefined || weightOf(best).text === 0) return null;
    const least = ownText(weightOf(body)) * BELIEVED_SHARE;
    return has(weightOf(best), HEADING) || ownText(weightOf(best)) >= least ? best : null;
  };
  const main = heaviest([...parts.keys()].filter(isMain));
  if (main !== null) return main;
  const articles = [...parts.keys()].filter(({ name }) => name === 'article');
  const article = articles.length === 1 ? heaviest(articles) : null;
  if (article === null) return mostOf(body, scales);
  const title = has(weightOf(article), TITLE) ? null : titleOf(body);
  return title === null ? article : { name: '', attributes: {}, children: [title, article], holdsBlock: true };
}

/** Goes down to where the text no longer is in one part, and leaves no content behind. */
function mostOf(body: Branch, scales: Scales): Branch {
  const { parts, weightOf } = scales;
  let at = body;
  for (;;) {
    const least = ownText(weightOf(at)) * MOST_SHARE;
    const next = at.children.find((child): child is Branch => {
      return typeof child !== 'string' && parts.has(child) && ownText(weightOf(child)) > least;
    });
    if (next === undefined || !isAllOf(at, next, scales)) return at;
    at = next;
  }
}

/** Whether the other parts of a whole say nothing. */
function isAllOf(whole: Branch, part: Branch, { weightOf }: Scales): boolean {
  // Where the rest has more links than the part has text, the page is a list of links.
  if (weightOf(whole).linked - weightOf(part).linked > ownText(weightOf(part))) return false;
  return whole.children.every((child) => {
    if (typeof child === 'string') return child.trim().length < SHORT_LENGTH;
    return child === part || !isSaying(child, weightOf(child));
  });
}

function isSaying({ name, attributes }: Branch, weight: Weight): boolean {
  const { text, linked } = weight;
  // A title may have its authors' addresses beside it, and a list of contents is one.
  if (has(weight, TITLE) && linked < text * TITLE_LINKED_SHARE) return true;
  if (CONTENTS.test(attributes['class'] ?? '')) return true;
  if (text === 0 || isMostlyLinks(weight)) return false;
  if (ownText(weight) >= SHORT_LENGTH || SAYING.test(name) || has(weight, HEADING | PROSE)) return true;
  return linked === 0 && (has(weight, ITEMS | CODE) || CELL.test(name));
}

/** The title that stands above an article. That of a site is a link to its first page. */
function titleOf(body: Branch): Branch | null {
  return find(body, ({ name, children }) => {
    return name === 'h1' && !children.some((child) => typeof child !== 'string' && child.name === 'a');
  });
}

function find(branch: Branch, isWanted: (branch: Branch) => boolean): Branch | null {
  if (isWanted(branch)) return branch;
  for (const child of branch.children) {
    const found = typeof child === 'string' ? null : find(child, isWanted);
    if (found !== null) return found;
  }
  return null;
}
