// Finds the main content of a page: its main part or article if it names one, otherwise the element with nearly all of
// the text. Pure.

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

/** The share of the page's text that a `main` or a single `article` without a heading must have. */
const BELIEVED_SHARE = 0.2;
/** The share of the text that a part must have to be chosen on a page that names no main part. */
const MOST_SHARE = 0.75;
const TITLE_LINKED_SHARE = 0.7;
const CONTENTS = /(?:^|[\s_-])(?:toc|toctree|contents)(?=$|[\s_-])/i;
const CELL = /^t[dh]$/;
const SAYING = /^(?:h[1-6]|p|pre|blockquote|table|figure)$/;

/** The part of the page to show, with only its content. Takes the tree apart. */
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
  return title === null
    ? article
    : { name: '', number: 0, attributes: {}, children: [title, article], holdsBlock: true };
}

/** Descends while nearly all of the text is in one part. It stops before it would lose content. */
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

/** Whether all other children of `whole` hold no content. */
function isAllOf(whole: Branch, part: Branch, { weightOf }: Scales): boolean {
  // If the rest has more link text than the part has text, the page is a list of links.
  if (weightOf(whole).linked - weightOf(part).linked > ownText(weightOf(part))) return false;
  return whole.children.every((child) => {
    if (typeof child === 'string') return child.trim().length < SHORT_LENGTH;
    return child === part || !isSaying(child, weightOf(child));
  });
}

function isSaying({ name, attributes }: Branch, weight: Weight): boolean {
  const { text, linked } = weight;
  // A title may have links beside it, for example to its authors. A table of contents is content too.
  if (has(weight, TITLE) && linked < text * TITLE_LINKED_SHARE) return true;
  if (CONTENTS.test(attributes['class'] ?? '')) return true;
  if (text === 0 || isMostlyLinks(weight)) return false;
  if (ownText(weight) >= SHORT_LENGTH || SAYING.test(name) || has(weight, HEADING | PROSE)) return true;
  return linked === 0 && (has(weight, ITEMS | CODE) || CELL.test(name));
}

/** The title above an article. An `h1` with a link is the site's title: it leads to the home page. */
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
