// A page as a tree, near enough to what a browser makes of it for its text and its form: end tags that may be left out are
// put in (HTML standard, section 13.1.2.4), those that close nothing are dropped, and nothing is deeper than a limit.

import { PAGE_TREE_DEPTH_MAX } from '../base/limits.ts';
import { decoded, encodingOf } from './charset.ts';
import { readTokens, type TokenSink } from './tokens.ts';

export interface Branch {
  readonly name: string;
  /** Those that were kept; absent ones are undefined. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  children: Node[];
}

export type Node = string | Branch;

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

export const BLOCKS: ReadonlySet<string> = words(
  'address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p pre search section summary table tbody td tfoot th thead tr ul',
);
const VOID = words(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr',
);
/** What ends an open paragraph. */
const NOT_IN_P = words(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li dt dd main menu nav ol p pre search section summary table ul listing',
);
/** An end tag outside of these closes nothing inside them. */
const CELLS = words('td th caption table template');
const HEADING = /^h[1-6]$/;

/** By the element that begins: which open ones it ends, and how far up they are looked for. */
const ENDS: Readonly<Record<string, readonly [ended: ReadonlySet<string>, within: ReadonlySet<string>]>> = {
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
};

const COMMON = ['class', 'id', 'role', 'hidden', 'aria-hidden', 'style'];
const OWN: Readonly<Record<string, readonly string[]>> = {
  html: ['lang'],
  base: ['href'],
  a: [...COMMON, 'href'],
  img: [...COMMON, 'src', 'alt', 'data-src'],
  ol: [...COMMON, 'start'],
  pre: [...COMMON, 'lang', 'data-lang', 'data-language'],
  code: [...COMMON, 'lang', 'data-lang', 'data-language'],
  div: [...COMMON, 'data-lang', 'data-language'],
  math: [...COMMON, 'alttext'],
  input: [...COMMON, 'type', 'checked'],
  td: [...COMMON, 'colspan'],
  th: [...COMMON, 'colspan'],
};

/** Never throws, whatever the bytes are. The root has no name. */
export function pageTree(bytes: Uint8Array, contentType: string): Branch {
  const isXml = /^\s*application\/xhtml\+xml/i.test(contentType);
  const charset = encodingOf(bytes, contentType, isXml);
  const text = charset === 'utf-8' ? new TextDecoder().decode(bytes) : decoded(bytes, charset);
  const builder = createBuilder();
  readTokens(text, isXml, builder);
  return builder.root;
}

function createBuilder(): TokenSink & { readonly root: Branch } {
  const root: Branch = { name: '', attributes: {}, children: [] };
  const open: Branch[] = [root];
  /** Open elements beyond the deepest that is kept. */
  let deeper = 0;

  const end = (ended: ReadonlySet<string>, within: ReadonlySet<string>): void => {
    let from = 0;
    for (let at = open.length - 1; at > 0 && !within.has(open[at]!.name); at -= 1) {
      if (ended.has(open[at]!.name)) from = at;
    }
    if (from > 0) open.length = from;
  };
  return {
    root,
    wanted: (element) => (Object.hasOwn(OWN, element) ? OWN[element]! : COMMON),
    onOpen(name, attributes) {
      const isVoid = VOID.has(name);
      if (open.length >= PAGE_TREE_DEPTH_MAX && !isVoid) {
        deeper += 1;
        return;
      }
      if (NOT_IN_P.has(name)) end(P, BUTTON_SCOPE);
      if (HEADING.test(name) && HEADING.test(open.at(-1)!.name)) open.pop();
      if (Object.hasOwn(ENDS, name)) end(...ENDS[name]!);
      const branch: Branch = { name, attributes: kept(attributes), children: [] };
      open.at(-1)!.children.push(branch);
      if (!isVoid) open.push(branch);
    },
    onText: (text) => void open.at(-1)!.children.push(text),
    onClose(name) {
      if (VOID.has(name)) return;
      if (deeper > 0) {
        deeper -= 1;
        return;
      }
      for (let at = open.length - 1; at > 0; at -= 1) {
        const known = open[at]!.name;
        if (known === name) open.length = at;
        if (known === name || (CELLS.has(known) && !TABLE_PARTS.has(name))) return;
      }
    },
  };
}

const P = words('p');
const BUTTON_SCOPE = words('button td th caption table');
const TABLE_PARTS = words('table tbody thead tfoot tr td th caption');

function kept(attributes: Parameters<TokenSink['onOpen']>[1]): Branch['attributes'] {
  if (!attributes.hasAny) return NONE;
  const values: Record<string, string> = {};
  for (const name of attributes.names) {
    const value = attributes.value(name);
    if (value !== null) values[name] = value;
  }
  return values;
}

const NONE: Branch['attributes'] = {};
