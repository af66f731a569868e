// A slow reading of a sitemap or feed in XML: the document becomes a list of signs, then a tree, then its links. It
// forgives what src/parse/lists/ forgives: what is no XML is text, and an end tag closes all that is open in it.

import { parseFragment } from 'parse5';

export interface SlowListed {
  readonly url: string;
  readonly kind: string;
  readonly rel: string;
  readonly element: string;
  readonly facts: { readonly lastmod: string; readonly changefreq: string; readonly priority: number | null } | null;
}

/** Null where a URL can be no base, or where a link leads nowhere. */
export type JoinTo = (base: string) => ((href: string) => string | null) | null;

interface Element {
  readonly name: string;
  readonly prefix: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: (Element | string)[];
  /** The document ended within it. */
  isCut: boolean;
}

/** Texts, comments and instructions, in which a bracket means nothing. */
const CLOSED = `"[^"]*"|'[^']*'|<!--[^]*?-->|<\\?[^]*?\\?>`;
/** What goes on within a declaration of a document type, and within its subset. */
const DECLARED = `(?:${CLOSED}|[^>"'<]|<(?!!--|\\?))*`;
const SUBSET = `(?:${CLOSED}|[^"'\\]<]|<(?![!?])|<!(?!--)${DECLARED}>)*`;
const BEFORE_SUBSET = `(?:${CLOSED}|[^>"'[<]|<(?![!?]))*`;
const DECLARED_BEFORE_SUBSET = `<!(?!--)(?:${CLOSED}|[^>"'[<]|<(?!!--|\\?))*`;
const SUBSETS = `(?:${BEFORE_SUBSET}(?:${DECLARED_BEFORE_SUBSET}\\[${DECLARED}>|\\[)${SUBSET}\\])*`;

const SIGNS = [
  ['doctype', `<![dD][oO][cC][tT][yY][pP][eE](?=\\s)${SUBSETS}${BEFORE_SUBSET}(?:${DECLARED_BEFORE_SUBSET})?>`],
  ['comment', '<!--[^]*?(?:-->|$)'],
  ['cdata', '<!\\[CDATA\\[[^]*?(?:\\]\\]>|$)'],
  ['instruction', '<\\?[^]*?(?:\\?>|$)'],
  ['declaration', '<!(?:[^>[]*(?:>|$)|[^>[]*\\[[^]*?(?:\\]>|$))'],
  ['close', '<\\/(?:[^>"\']|"[^"]*"|\'[^\']*\')*>'],
  ['open', '<(?![ \\t\\n\\r<>="\'&])(?:[^>"\']|"[^"]*"|\'[^\']*\')*>'],
  ['rest', '<(?![ \\t\\n\\r<>="\'&])[^]*$'],
  ['text', '[^<]+|<'],
] as const;
const SIGN = new RegExp(SIGNS.map(([kind, pattern]) => `(?<${kind}>${pattern})`).join('|'), 'g');

/**
 * The elements at the top. An entry of a sitemap that begins within another one of the same prefix ends it, and what is
 * open in it.
 */
function treeOf(text: string): Element[] {
  const tops: Element[] = [];
  const open: Element[] = [];
  let entry: Element | null = null;
  let prefixOfEntries = '';
  const isEntry = (name: string): boolean => isOfSitemap(open[0]) && /^(?:url|sitemap)$/i.test(name);
  const isBareLoc = (name: string, prefix: string): boolean =>
    isOfSitemap(open[0]) && open.length === 1 && /^loc$/i.test(name) && prefix === prefixOfEntries;
  const give = (child: Element | string): void => {
    const parent = open.at(-1);
    if (parent !== undefined) parent.children.push(child);
    else if (typeof child !== 'string') tops.push(child);
  };
  for (const { groups } of text.matchAll(SIGN)) {
    const sign = groups!;
    if (sign['text'] !== undefined) give(sign['text']);
    if (sign['cdata'] !== undefined)
      give(
        sign['cdata']
          .slice(9)
          .replace(/\]\]>$/, '')
          .replaceAll('&', '&amp;'),
      );
    if (sign['close'] !== undefined) {
      const name = localName(/^[^\s>]*/.exec(sign['close'].slice(2))![0]);
      const place = open.findLastIndex((element) => element.name === name);
      if (place >= 0) open.length = place;
    }
    if (sign['open'] !== undefined) {
      const name = /^[^\s/>]*/.exec(sign['open'].slice(1))![0];
      const attributes = attributesOf(sign['open'].slice(1 + name.length));
      const prefix = name.slice(0, Math.max(0, name.indexOf(':')));
      if (entry !== null && !open.includes(entry)) entry = null;
      if (entry !== null && isEntry(localName(name)) && prefix === prefixOfEntries) {
        for (const element of open.splice(open.indexOf(entry))) element.isCut = true;
        entry = null;
      }
      const begins = entry === null && (isEntry(localName(name)) || isBareLoc(localName(name), prefix));
      if (open.length === 0 || begins) prefixOfEntries = prefix;
      const element: Element = { name: localName(name), prefix, attributes, children: [], isCut: false };
      give(element);
      if (begins) entry = element;
      if (!sign['open'].endsWith('/>')) open.push(element);
    }
  }
  for (const element of open) element.isCut = true;
  return tops;
}

function isOfSitemap(root: Element | undefined): boolean {
  return root !== undefined && /^(?:urlset|sitemapindex)$/i.test(root.name);
}

function localName(name: string): string {
  return name.replace(/^[^:]*:/, '');
}

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, quoted] of text.matchAll(/([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'))?/g)) {
    const value = quoted === undefined ? null : meaningOf(quoted.slice(1, -1));
    if (value !== null) attributes.set(localName(name!), value);
  }
  return attributes;
}

const MEANINGS = new Map<string, string>();

/** What parse5 makes of a reference; the reference itself where it knows none. */
function meant(reference: string): string {
  const known = MEANINGS.get(reference);
  if (known !== undefined) return known;
  const [element] = parseFragment(`<a b="${reference}">`).childNodes;
  const meaning = element !== undefined && 'attrs' in element ? element.attrs[0]!.value : '';
  MEANINGS.set(reference, meaning);
  return meaning;
}

/** Null where it holds a reference that XML by itself does not know. */
function meaningOf(written: string): string | null {
  const references = written.match(/&(?:#\w*|[\p{L}_:](?:[\p{L}\p{N}]|[_:.·-])*);/gu) ?? [];
  return references.every(isKnown) ? textOf(written) : null;
}

function isKnown(reference: string): boolean {
  if (reference[1] !== '#') return ['amp', 'lt', 'gt', 'quot', 'apos'].includes(reference.slice(1, -1));
  const sign = meant(reference);
  const code = sign.codePointAt(0)!;
  return sign !== reference && (code >= 0x20 || '\t\n\r'.includes(sign)) && (code < 0xfffd || code > 0xffff);
}

function textOf(written: string): string {
  return written.replace(/&#?\w+;/g, meant);
}

const ENTRIES = new Map([
  ['urlset', 'url|sitemap'],
  ['sitemapindex', 'url|sitemap'],
  ['rss', 'item'],
  ['rdf', 'item'],
  ['feed', 'entry'],
]);
const PAGING = /^(?:next|previous|prev|first|last|next-archive|prev-archive|current)$/;
const DATES = /^(?:lastmod|updated|pubDate|date)$/;

/** What a text says as an address; null where it says none. */
export type AddressIn = (text: string, list: string) => string | null;

interface Ways {
  readonly joinTo: JoinTo;
  readonly addressOf: (text: string | null) => string | null;
}

/** Null where the document is no list. */
export function listedSlowly(text: string, url: string, joinTo: JoinTo, addressIn: AddressIn): SlowListed[] | null {
  const roots = treeOf(text);
  if (roots[0] === undefined || !ENTRIES.has(roots[0].name.toLowerCase())) return null;
  const addressOf = (said: string | null): string | null => (said === null ? null : addressIn(said, url));
  return roots.flatMap((root) => linksUnder(root, url, { joinTo, addressOf }));
}

function linksUnder(root: Element, url: string, ways: Ways): SlowListed[] {
  const { joinTo } = ways;
  const kind = root.name.toLowerCase();
  const isSitemap = /^(?:urlset|sitemapindex)$/.test(kind);
  const entryName = new RegExp(`^(?:${ENTRIES.get(kind)})$`, isSitemap ? 'i' : '');
  const listed: SlowListed[] = [];
  let prefix = root.prefix;
  const visit = (element: Element, outer: string, parent: string): void => {
    const base = baseOf(element, outer, joinTo);
    const isLoc = isSitemap && /^loc$/i.test(element.name) && element.prefix === prefix;
    const isBareLoc = isLoc && root.children.includes(element);
    if (element !== root && (isBareLoc || entryName.test(element.name))) {
      prefix = element.prefix;
      listed.push(...entryLinks(element, kind, base, ways));
      return;
    }
    const rel = element.attributes.get('rel')?.toLowerCase() ?? '';
    const target = joined(element.attributes.get('href') ?? null, base, joinTo);
    const name = isSitemap ? element.name.toLowerCase() : element.name;
    const isPaging = name === 'link' && /^(?:feed|channel)$/.test(parent) && PAGING.test(rel);
    if (isPaging && target !== null) listed.push({ url: target, kind: 'feed', rel, element: 'link', facts: null });
    for (const child of element.children) if (typeof child !== 'string') visit(child, base, element.name);
  };
  visit(root, url, '');
  return listed;
}

function baseOf({ attributes }: Element, outer: string, joinTo: JoinTo): string {
  const written = attributes.get('base');
  const base = written === undefined ? null : (joinTo(outer)?.(written.trim()) ?? null);
  return base !== null && joinTo(base) !== null ? base : outer;
}

function joined(href: string | null, base: string, joinTo: JoinTo): string | null {
  const trimmed = href?.trim() ?? '';
  const url = trimmed === '' ? null : (joinTo(base)?.(trimmed) ?? null);
  return url !== null && /^https?:/.test(url) ? url : null;
}

function writtenIn(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : writtenIn(child))).join('');
}

/** Null where an element stands in its midst. */
function addressWrittenIn(element: Element): string | null {
  let written = '';
  let isDivided = false;
  let isOdd = false;
  const read = ({ children }: Element): void => {
    for (const child of children) {
      if (typeof child !== 'string') {
        isDivided ||= written.trim() !== '';
        read(child);
        continue;
      }
      isOdd ||= isDivided && child.trim() !== '';
      written += child;
    }
  };
  read(element);
  return isOdd ? null : meaningOf(written);
}

function entryLinks(entry: Element, root: string, base: string, { joinTo, addressOf }: Ways): SlowListed[] {
  const links: Omit<SlowListed, 'facts'>[] = [];
  const facts = { lastmod: '', changefreq: '', priority: null as number | null };
  const isSitemap = /^(?:urlset|sitemapindex)$/.test(root);
  const own = root === 'sitemapindex' || (isSitemap && /^sitemap$/i.test(entry.name)) ? 'sitemap' : 'navigation';
  const add = (href: string | null | undefined, at: string, kind: string, rel: string, element: string): void => {
    const url = joined(href ?? null, at, joinTo);
    if (url !== null) links.push({ url, kind, rel, element });
  };
  if (root === 'rdf') add(entry.attributes.get('about'), base, 'navigation', '', 'item');
  for (const child of entry.children) {
    if (typeof child === 'string') continue;
    const { attributes } = child;
    const name = isSitemap ? child.name.toLowerCase() : child.name;
    const at = baseOf(child, base, joinTo);
    const rel = attributes.get('rel')?.toLowerCase() ?? 'alternate';
    const written = writtenIn(child);
    const text = textOf(written).trim();
    const href = attributes.get('href');
    if (name === 'link' && href !== undefined) {
      if (rel === 'alternate') add(href, at, root === 'urlset' ? 'alternate' : 'navigation', rel, name);
      if (rel === 'enclosure') add(href, at, 'requisite', rel, name);
    } else if (name === 'enclosure') add(attributes.get('url'), at, 'requisite', '', name);
    else if (name === 'content' && root === 'feed') add(attributes.get('src'), at, 'navigation', '', name);
    else if (child.isCut) continue;
    // The address of a picture (`image:loc`) is not that of its page.
    else if (name === 'loc' && isSitemap && child.prefix !== entry.prefix) continue;
    else if (name === 'loc') add(addressOf(addressWrittenIn(child)), at, own, '', name);
    else if (name === 'link') add(addressOf(addressWrittenIn(child)), at, 'navigation', '', name);
    else if (name === 'guid') {
      const address = addressOf(addressWrittenIn(child)) ?? '';
      const isLink = attributes.get('isPermaLink') !== 'false' && /^https?:\/\//i.test(address);
      if (isLink) add(address, at, 'navigation', '', name);
    } else if (name === 'changefreq') facts.changefreq = text.slice(0, 64);
    else if (name === 'priority')
      facts.priority = /^(?:0*(?:\.\d+)?|0*1(?:\.0+)?|0+)$/.test(text) && text !== '' ? Number(text) : null;
    else if (DATES.test(name)) facts.lastmod ||= text.slice(0, 64);
  }
  const mine = addressOf(meaningOf(entry.children.filter((child) => typeof child === 'string').join(''))) ?? '';
  const isBare = isSitemap && !entry.isCut && links.every(({ kind }) => kind !== own);
  if (isBare && /^https?:\/\//i.test(mine)) add(mine, base, own, '', entry.name.toLowerCase());
  const first = links.findIndex(({ kind }) => kind === 'navigation' || kind === 'sitemap');
  return links.map((link, at) => ({ ...link, facts: at === first ? facts : null }));
}
