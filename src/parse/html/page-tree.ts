// A page as a tree, close enough to a browser's for its text and structure. It inserts end tags that may be omitted
// (HTML standard, section 13.1.2.4), drops end tags that close nothing, and limits the depth.

import { PAGE_TREE_DEPTH_MAX } from '../../base/limits.ts';
import { decoded, encodingOf } from '../charset.ts';
import type { Attributes } from './attributes.ts';
import { eachLazyImage, sizedUrls, withLazy } from './lazy-images.ts';
import { srcsetUrls } from './srcset.ts';
import { readTokens, type TokenSink } from './tokens.ts';

export interface Branch {
  readonly name: string;
  /** The attributes that were kept; the others are undefined. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  /** All branches without children share one empty array. */
  children: Node[];
  /** Whether a block element is anywhere inside. */
  holdsBlock: boolean;
}

export type Node = string | Branch;

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

export const BLOCKS: ReadonlySet<string> = words(
  'address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p pre search section summary table tbody td tfoot th thead tr ul xmp',
);
const VOID = words(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr',
);
/** Elements that end an open paragraph. */
const NOT_IN_P = words(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li dt dd main menu nav ol p pre search section summary table ul listing',
);
const FOREIGN = words('svg math');
/** An end tag outside one of these elements closes nothing inside it. */
const CELLS = words('td th caption table template');
const DRAWN = /(?:^|\s)(?:MathJax(?:_\w+)?|mjx-chtml)(?=$|\s)/;
const HEADINGS = words('h1 h2 h3 h4 h5 h6');

/** By the element that begins: which open elements it ends, and which elements stop the search for them. */
const ENDS: ReadonlyMap<string, readonly [ended: ReadonlySet<string>, within: ReadonlySet<string>]> = new Map(
  Object.entries({
    li: [words('li'), words('ul ol menu dir')],
    dt: [words('dt dd'), words('dl')],
    dd: [words('dt dd'), words('dl')],
    tr: [words('tr td th caption colgroup'), words('table')],
    td: [words('td th'), words('tr table')],
    th: [words('td th'), words('tr table')],
    thead: [words('thead tbody tfoot tr td th caption colgroup'), words('table')],
    tbody: [words('thead tbody tfoot tr td th caption colgroup'), words('table')],
    tfoot: [words('thead tbody tfoot tr td th caption colgroup'), words('table')],
    option: [words('option'), words('select datalist')],
    a: [words('a'), CELLS],
  } as const),
);

const COMMON = ['class', 'role', 'hidden', 'aria-hidden', 'style'];
/** Attributes whose names may tell what a part of a page is for. */
const PART = [...COMMON, 'id'];
const CODE = [...COMMON, 'lang', 'data-lang', 'data-language'];
const CELL = [...COMMON, 'colspan', 'rowspan'];
const OWN: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
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
  }),
);

export interface PageTree {
  /** The root has no name. */
  readonly root: Branch;
  /** The base that the page declares for its links, as written. */
  readonly base: string | null;
}

/** Makes the tree of a page. It never throws, whatever the bytes are. */
export function pageTree(bytes: Uint8Array, contentType: string): PageTree {
  const isXml = /^\s*application\/xhtml\+xml/i.test(contentType);
  const charset = encodingOf(bytes, contentType, isXml);
  const text = charset === 'utf-8' ? new TextDecoder().decode(bytes) : decoded(bytes, charset);
  const builder = createBuilder();
  readTokens(text, isXml, builder);
  return builder.tree;
}

function createBuilder(): TokenSink & { readonly tree: PageTree } {
  const root: Branch = { name: '', attributes: NO_ATTRIBUTES, children: [], holdsBlock: true };
  const tree: { root: Branch; base: string | null } = { root, base: null };
  const open: Branch[] = [root];
  /** The number of open paragraphs. */
  let paragraphs = 0;
  /** Counts the open elements below the depth limit, by name. */
  const deeper = new Map<string, number>();

  const closeFrom = (from: number): void => {
    while (open.length > from) if (open.pop()!.name === 'p') paragraphs -= 1;
  };
  const end = (ended: ReadonlySet<string>, within: ReadonlySet<string>): void => {
    let from = 0;
    for (let at = open.length - 1; at > 0 && !within.has(open[at]!.name); at -= 1) {
      if (ended.has(open[at]!.name)) from = at;
    }
    if (from > 0) closeFrom(from);
  };
  // Only in foreign content can a tag close itself.
  const isInForeign = (): boolean => open.some(({ name }) => FOREIGN.has(name));
  return {
    tree,
    wanted: (element) => OWN.get(element) ?? COMMON,
    onOpen(name, attributes) {
      const isVoid = VOID.has(name) || (attributes.isSelfClosing && isInForeign());
      if (open.length >= PAGE_TREE_DEPTH_MAX && !isVoid) {
        deeper.set(name, (deeper.get(name) ?? 0) + 1);
        return;
      }
      if (paragraphs > 0 && NOT_IN_P.has(name)) end(P, BUTTON_SCOPE);
      if (HEADINGS.has(name) && HEADINGS.has(open.at(-1)!.name)) closeFrom(open.length - 1);
      const ends = ENDS.get(name);
      if (ends !== undefined) end(...ends);
      const branch: Branch = {
        name,
        attributes: name === 'img' ? keptOfImage(attributes) : kept(attributes),
        children: NO_CHILDREN,
        holdsBlock: false,
      };
      if (name === 'base') tree.base ??= branch.attributes['href'] ?? null;
      if (name === 'math' && branch.attributes['type'] !== undefined) dropDrawn(open.at(-1)!.children);
      addTo(open.at(-1)!, branch);
      if (isVoid) return;
      open.push(branch);
      if (name === 'p') paragraphs += 1;
    },
    onText: (text) => addTo(open.at(-1)!, text),
    onClose(name) {
      const count = deeper.size === 0 ? 0 : (deeper.get(name) ?? 0);
      if (count > 0) {
        deeper.set(name, count - 1);
        return;
      }
      if (VOID.has(name)) return;
      for (let at = open.length - 1; at > 0; at -= 1) {
        const known = open[at]!.name;
        if (known === name) {
          closeFrom(at);
          deeper.clear();
        }
        if (known === name || (CELLS.has(known) && !TABLE_PARTS.has(name))) return;
      }
    },
  };
}

const P = words('p');
const BUTTON_SCOPE = words('button td th caption table');
const TABLE_PARTS = words('table tbody thead tfoot tr td th caption');

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
