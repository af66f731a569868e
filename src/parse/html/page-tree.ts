// A page as a tree, close enough to a browser's for its text and structure. It inserts end tags that may be omitted
// (HTML standard, section 13.1.2.4), drops end tags that close nothing, and limits the depth and the number of nodes.

import { PAGE_TREE_DEPTH_MAX, PAGE_TREE_NODES_MAX } from '../../base/limits.ts';
import { decoded, encodingOf } from '../charset.ts';
import type { Attributes } from './attributes.ts';
import { byElement, type ElementName, type ElementSet, elements } from './element-names.ts';
import { eachLazyImage, sizedUrls, withLazy } from './lazy-images.ts';
import { srcsetUrls } from './srcset.ts';
import { readTokens, type TokenSink } from './tokens.ts';

export interface Branch extends ElementName {
  /** The attributes that were kept; the others are undefined. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  /** All branches without children share one empty array. */
  children: Node[];
  /** Whether a block element is anywhere inside. */
  holdsBlock: boolean;
}

export type Node = string | Branch;

export const BLOCKS = elements(
  'address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p pre search section summary table tbody td tfoot th thead tr ul xmp',
);
const VOID = elements(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr',
);
/** Elements that end an open paragraph. */
const NOT_IN_P = elements(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li dt dd main menu nav ol p pre search section summary table ul listing',
);
const FOREIGN = elements('svg math');
/** An end tag outside one of these elements closes nothing inside it. */
const CELLS = elements('td th caption table template');
const DRAWN = /(?:^|\s)(?:MathJax(?:_\w+)?|mjx-chtml)(?=$|\s)/;
const HEADINGS = elements('h1 h2 h3 h4 h5 h6');
/**
 * What is in these elements is never content, whatever it is. They are branches without children. Others that are never
 * content may have something of use inside: a head whose end tag is missing has the body.
 */
const EMPTIED = elements('nav svg');

/** By the element that begins: which open elements it ends, and which elements stop the search for them. */
const endsOf = byElement<readonly [ended: ElementSet, within: ElementSet]>({
  li: [elements('li'), elements('ul ol menu dir')],
  dt: [elements('dt dd'), elements('dl')],
  dd: [elements('dt dd'), elements('dl')],
  tr: [elements('tr td th caption colgroup'), elements('table')],
  'td th': [elements('td th'), elements('tr table')],
  'thead tbody tfoot': [elements('thead tbody tfoot tr td th caption colgroup'), elements('table')],
  option: [elements('option'), elements('select datalist')],
  a: [elements('a'), CELLS],
});

const COMMON = ['class', 'role', 'hidden', 'aria-hidden', 'style'];
/** Attributes whose names may tell what a part of a page is for. */
const PART = [...COMMON, 'id'];
const CODE = [...COMMON, 'lang', 'data-lang', 'data-language'];
const CELL = [...COMMON, 'colspan', 'rowspan'];
const ownOf = byElement<readonly string[]>({
  html: ['lang'],
  base: ['href'],
  a: [...COMMON, 'href'],
  img: withLazy('img', [...COMMON, 'src', 'alt', 'srcset']),
  section: PART,
  aside: PART,
  header: PART,
  footer: PART,
  form: PART,
  center: PART,
  menu: PART,
  ul: PART,
  ol: [...PART, 'start', 'reversed'],
  li: [...COMMON, 'value'],
  div: [...PART, 'data-lang', 'data-language'],
  pre: CODE,
  code: CODE,
  math: [...COMMON, 'alttext'],
  script: ['type'],
  annotation: ['encoding'],
  input: [...COMMON, 'type', 'checked'],
  td: CELL,
  th: CELL,
});

export interface PageTree {
  /** The root has no name. */
  readonly root: Branch;
  /** The base that the page declares for its links, as written. */
  readonly base: string | null;
  /** The encoding that the queries of its links are sent in. */
  readonly charset: string;
  /** False if the page has more nodes than are read: the tree ends after that many. */
  readonly isWhole: boolean;
}

/** Makes the tree of a page. It never throws, whatever the bytes are. */
export function pageTree(bytes: Uint8Array, contentType: string): PageTree {
  const isXml = /^\s*application\/xhtml\+xml/i.test(contentType);
  const charset = encodingOf(bytes, contentType, isXml);
  const text = charset === 'utf-8' ? new TextDecoder().decode(bytes) : decoded(bytes, charset);
  const builder = createBuilder();
  readTokens(text, isXml, builder);
  return { ...builder.tree, charset };
}

function createBuilder(): TokenSink & { readonly tree: Omit<PageTree, 'charset'> } {
  const root: Branch = { name: '', number: 0, attributes: NO_ATTRIBUTES, children: [], holdsBlock: true };
  const tree: { root: Branch; base: string | null; isWhole: boolean } = { root, base: null, isWhole: true };
  const open: Branch[] = [root];
  let nodes = 0;
  /** The number of open paragraphs. */
  let paragraphs = 0;
  /** Counts the open elements below the depth limit, by name. */
  const deeper = new Map<string, number>();

  /** The number of open elements when one that is emptied has begun; 0 outside of these. */
  let emptiedFrom = 0;

  const closeFrom = (from: number): void => {
    while (open.length > from) if (open.pop()!.name === 'p') paragraphs -= 1;
    if (from < emptiedFrom) emptiedFrom = 0;
  };
  const end = (ended: ElementSet, within: ElementSet): void => {
    let from = 0;
    for (let at = open.length - 1; at > 0 && !within.has(open[at]!); at -= 1) {
      if (ended.has(open[at]!)) from = at;
    }
    if (from > 0) closeFrom(from);
  };
  const add = (node: Node): void => {
    nodes += 1;
    tree.isWhole = nodes <= PAGE_TREE_NODES_MAX;
    if (tree.isWhole) addTo(open.at(-1)!, node);
  };
  // Only in foreign content can a tag close itself.
  const isInForeign = (): boolean => open.some((branch) => FOREIGN.has(branch));
  return {
    tree,
    wanted: (element) => ownOf(element) ?? COMMON,
    onOpen(element, attributes) {
      if (!tree.isWhole) return;
      const { name, number } = element;
      const isVoid = VOID.has(element) || (attributes.isSelfClosing && isInForeign());
      if (open.length >= PAGE_TREE_DEPTH_MAX && !isVoid) {
        deeper.set(name, (deeper.get(name) ?? 0) + 1);
        return;
      }
      if (paragraphs > 0 && NOT_IN_P.has(element)) end(P, BUTTON_SCOPE);
      if (HEADINGS.has(element) && HEADINGS.has(open.at(-1)!)) closeFrom(open.length - 1);
      const ends = endsOf(element);
      if (ends !== undefined) end(...ends);
      if (name === 'base') tree.base ??= attributes.value('href');
      if (emptiedFrom > 0) {
        if (isVoid) return;
        open.push({ name, number, attributes: NO_ATTRIBUTES, children: NO_CHILDREN, holdsBlock: false });
      } else {
        const branch: Branch = {
          name,
          number,
          attributes: name === 'img' ? keptOfImage(attributes) : kept(attributes),
          children: NO_CHILDREN,
          holdsBlock: false,
        };
        if (name === 'math' && branch.attributes['type'] !== undefined) dropDrawn(open.at(-1)!.children);
        add(branch);
        if (isVoid) return;
        open.push(branch);
        if (EMPTIED.has(element)) emptiedFrom = open.length;
      }
      if (name === 'p') paragraphs += 1;
    },
    onText(text) {
      if (emptiedFrom === 0) add(text);
    },
    onClose(element) {
      const { name } = element;
      const count = deeper.size === 0 ? 0 : (deeper.get(name) ?? 0);
      if (count > 0) {
        deeper.set(name, count - 1);
        return;
      }
      if (VOID.has(element)) return;
      for (let at = open.length - 1; at > 0; at -= 1) {
        const known = open[at]!;
        if (known.name === name) {
          closeFrom(at);
          deeper.clear();
        }
        if (known.name === name || (CELLS.has(known) && !TABLE_PARTS.has(element))) return;
      }
    },
  };
}

const P = elements('p');
const BUTTON_SCOPE = elements('button td th caption table');
const TABLE_PARTS = elements('table tbody thead tfoot tr td th caption');

/** Shared by all elements without children. */
const NO_CHILDREN: Node[] = [];

// Most elements hold one piece of text, and an array that begins empty reserves room for seventeen.
function addTo(branch: Branch, node: Node): void {
  if (branch.children === NO_CHILDREN) branch.children = [node];
  else branch.children.push(node);
}

/** What MathJax has drawn stands in front of the script with the formula. */
function dropDrawn(children: Node[]): void {
  let from = children.length;
  for (let at = from - 1; at >= 0; at -= 1) {
    const node = children[at]!;
    const isDrawn = typeof node !== 'string' && DRAWN.test(node.attributes['class'] ?? '');
    if (isDrawn) from = at;
    else if (typeof node !== 'string' || node.trim() !== '') break;
  }
  children.length = from;
}

function kept(attributes: Attributes): Branch['attributes'] {
  if (!attributes.hasAnyFrom()) return NO_ATTRIBUTES;
  const values: Record<string, string> = {};
  for (const name of attributes.names) {
    const value = attributes.value(name);
    if (value !== null) values[name] = value;
  }
  return values;
}

/** The attributes of an image, including the address that a script shows later. */
function keptOfImage(attributes: Attributes): Branch['attributes'] {
  const { class: names, src, alt, srcset, ...others } = kept(attributes);
  if (src !== undefined && src !== '' && !src.startsWith('data:')) return { ...others, class: names, src, alt };
  let late = srcset === undefined ? undefined : srcsetUrls(srcset)[0];
  eachLazyImage('img', attributes, (kind, _name, value) => {
    if (kind !== 'style')
      late ??= kind === 'set' ? srcsetUrls(value)[0] : kind === 'sized' ? sizedUrls(value)[0] : value;
  });
  return { ...others, class: names, src: late ?? src, alt };
}

/** Shared by all elements without kept attributes. */
export const NO_ATTRIBUTES: Branch['attributes'] = {};
