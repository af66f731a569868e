// What sitemaps and feeds in XML list: the elements that hold one link each (`url`, `sitemap`, `item`, `entry`) and
// their facts about it. Pure: tags in, links out.

import type { EntryFacts, Link, LinkKind } from '../../base/contracts.ts';
import { LINKS_PER_ENTRY_MAX, SITEMAP_ENTRIES_MAX, URL_LENGTH_MAX } from '../../base/limits.ts';
import { addressIn } from '../../url/address.ts';
import { type Entities, knownText, likelyText, NO_ENTITIES } from '../entities.ts';
import type { Join, JoinTo } from '../join-links.ts';
import type { XmlHandler } from './xml.ts';

/** A link in a sitemap or a feed. */
export interface Listed extends Link {
  /** Null for links beside an entry's own link. */
  readonly facts: EntryFacts | null;
}

export type OnListed = (listed: Listed) => void;

export interface ListCollector extends XmlHandler {
  staying(name: string, prefix: string): number;
  onEntities(entities: Entities): void;
  /** Whether the root element is that of a sitemap or a feed; null until it was seen. */
  readonly isList: boolean | null;
  /** The number of entries beyond the limit. */
  readonly excess: number;
}

/** The entry elements for each root element, in lower case. Some sitemaps mix up the two kinds. */
const ENTRIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['urlset', ['url', 'sitemap']],
  ['sitemapindex', ['sitemap', 'url']],
  ['rss', ['item']],
  ['rdf', ['item']],
  ['feed', ['entry']],
]);
/** Where a feed continues: pages and archives (RFC 5005). */
const PAGING = new Set(['next', 'previous', 'prev', 'first', 'last', 'next-archive', 'prev-archive', 'current']);
/** Children of an entry whose text is an address. */
const ADDRESSES: ReadonlySet<string> = new Set(['loc', 'link', 'guid']);
/** Children whose text counts. */
const TEXTS = new Set([...ADDRESSES, 'lastmod', 'updated', 'pubDate', 'date', 'changefreq', 'priority']);
const FACT_LENGTH_MAX = 64;
const IN_SITEMAPS = new Set(['urlset', 'sitemapindex']);
const ABSOLUTE = /^https?:\/\//i;

/** Gathers the links of the document at `url`. */
export function collectListed(url: string, joinTo: JoinTo, onListed: OnListed): ListCollector {
  const bases = createListBases(url, joinTo);
  let isList: boolean | null = null;
  let entryNames: readonly string[] = [];
  let root = '';
  let entry: Entry | null = null;
  let entryDepth = 0;
  /** The prefix of the root or of the entry: in a sitemap, `image:loc` is not the address of the entry. */
  let ownPrefix = '';
  let depth = 0;
  let entries = 0;
  let entities = NO_ENTITIES;

  const page = (attributes: Attributes): void => {
    const rel = attributes.get('rel')?.toLowerCase() ?? '';
    const target = PAGING.has(rel) ? bases.join(attributes.get('href')) : null;
    if (target !== null) onListed({ url: target, kind: 'feed', rel, element: 'link', facts: null });
  };
  return {
    // An entry of a sitemap within another: the end of that one is missing.
    staying: (name, prefix) => {
      const isNext = entry !== null && prefix === ownPrefix && IN_SITEMAPS.has(root);
      return isNext && entryNames.includes(name.toLowerCase()) ? entryDepth - 1 : Number.POSITIVE_INFINITY;
    },
    onEntities(declared) {
      entities = declared;
    },
    onOpen(written, attributes, parent, prefix) {
      depth += 1;
      bases.open(depth, attributes.get('base'));
      if (depth === 1) root = written.toLowerCase();
      const isSitemap = IN_SITEMAPS.has(root);
      // Some sitemaps are written in capitals. The names of feeds have some.
      const name = isSitemap ? written.toLowerCase() : written;
      const isOfOthers = isSitemap && name === 'loc' && prefix !== ownPrefix;
      if (depth === 1) {
        ownPrefix = prefix;
        // Files put one behind the other have several roots. The first one tells what the document is.
        isList ??= ENTRIES.has(root);
        entryNames = (isList ? ENTRIES.get(root) : undefined) ?? [];
      } else if (entry !== null) {
        if (depth > entryDepth + 1) entry.divide();
        else if (!isOfOthers) entry.open(name, attributes);
      } else if (entryNames.includes(name) || (isSitemap && depth === 2 && name === 'loc' && !isOfOthers)) {
        ownPrefix = prefix;
        entry = createEntry(root, name, attributes, bases.join, { url, entities });
        entryDepth = depth;
      } else if (isList === true && name === 'link' && (parent === 'feed' || parent === 'channel')) page(attributes);
    },
    onText: (written) => entry?.text(written, depth === entryDepth),
    onClose(_, isCut) {
      // If the end of the document cuts an address, its rest is unknown.
      if (entry !== null && depth === entryDepth + 1) entry.close(isCut);
      if (entry !== null && depth === entryDepth) {
        if (!isCut) entry.closeOwn();
        entries += 1;
        if (entries <= SITEMAP_ENTRIES_MAX) for (const listed of entry.links()) onListed(listed);
        entry = null;
      }
      bases.close(depth);
      depth -= 1;
    },
    get isList() {
      return isList;
    },
    get excess() {
      return Math.max(0, entries - SITEMAP_ENTRIES_MAX);
    },
  };
}

type Attributes = ReadonlyMap<string, string>;

/** One entry; it is told of its children. */
interface Entry {
  open(name: string, attributes: Attributes): void;
  /** `isOwn`: the text is not inside a child. */
  text(written: string, isOwn: boolean): void;
  /** An element begins in a child: what has text before it and behind is no address. */
  divide(): void;
  /** A child has ended. A cut child does not count. */
  close(isCut: boolean): void;
  closeOwn(): void;
  links(): Listed[];
}

function createEntry(
  root: string,
  element: string,
  attributes: Attributes,
  join: (href: string | undefined) => string | null,
  list: { readonly url: string; readonly entities: Entities },
): Entry {
  const links: Link[] = [];
  const facts = { lastmod: '', changefreq: '', priority: null as number | null };
  let child = '';
  let written = '';
  let isDivided = false;
  let own = '';
  let isPermalink = true;

  const add = (href: string | undefined, kind: LinkKind, rel: string, element: string): void => {
    const url = links.length < LINKS_PER_ENTRY_MAX ? join(href) : null;
    if (url !== null) links.push({ url, kind, rel, element });
  };
  const kind = root === 'sitemapindex' || element === 'sitemap' ? 'sitemap' : 'navigation';
  const addressOf = (text: string): string | undefined => {
    const known = knownText(text, list.entities);
    return (known === null ? null : addressIn(known, list.url)) ?? undefined;
  };
  const take = (name: string): void => {
    const text = likelyText(written, list.entities).trim();
    const address = addressOf(written);
    if (name === 'loc') add(address, kind, '', name);
    else if (name === 'link') add(address, 'navigation', '', name);
    else if (name === 'guid')
      add(isPermalink && ABSOLUTE.test(address ?? '') ? address : undefined, 'navigation', '', name);
    else if (name === 'changefreq') facts.changefreq = text.slice(0, FACT_LENGTH_MAX);
    else if (name === 'priority') facts.priority = priorityOf(text);
    else facts.lastmod ||= text.slice(0, FACT_LENGTH_MAX);
  };
  // In RSS 1.0 the URL of an item is its name.
  if (root === 'rdf') add(attributes.get('about'), 'navigation', '', 'item');

  return {
    open(name, attributes) {
      const href = attributes.get('href');
      const rel = attributes.get('rel')?.toLowerCase() ?? 'alternate';
      if (name === 'link' && href !== undefined) {
        if (rel === 'alternate') add(href, root === 'urlset' ? 'alternate' : 'navigation', rel, name);
        if (rel === 'enclosure') add(href, 'requisite', rel, name);
      } else if (name === 'enclosure') add(attributes.get('url'), 'requisite', '', name);
      else if (name === 'content' && root === 'feed') add(attributes.get('src'), 'navigation', '', name);
      else if (TEXTS.has(name)) {
        child = name;
        written = '';
        isDivided = false;
        isPermalink = attributes.get('isPermaLink') !== 'false';
      }
    },
    text(more, isOwn) {
      if (isOwn && own.length < 2 * URL_LENGTH_MAX) own += more;
      else if (isDivided && more.trim() !== '') child = '';
      else if (child !== '' && written.length < 2 * URL_LENGTH_MAX) written += more;
    },
    divide() {
      isDivided = ADDRESSES.has(child) && written.trim() !== '';
    },
    close(isCut) {
      if (child !== '' && !isCut) take(child);
      child = '';
    },
    closeOwn() {
      // Some sites write `<sitemap>URL</sitemap>`, or `<loc>` without an entry around it.
      if (!IN_SITEMAPS.has(root) || links.some((link) => link.kind === kind)) return;
      const address = addressOf(own) ?? '';
      if (ABSOLUTE.test(address)) add(address, kind, '', element);
    },
    links() {
      const first = links.findIndex(({ kind }) => kind === 'navigation' || kind === 'sitemap');
      return links.map((link, index) => ({ ...link, facts: index === first ? facts : null }));
    },
  };
}

function priorityOf(text: string): number | null {
  const priority = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  return priority >= 0 && priority <= 1 ? priority : null;
}

interface Bases {
  /** An `xml:base` applies to its element and everything inside (XML Base, section 4). */
  open(depth: number, written: string | undefined): void;
  close(depth: number): void;
  /** Joins a link; null unless it leads to http or https. */
  readonly join: (href: string | undefined) => string | null;
}

function createListBases(url: string, joinTo: JoinTo): Bases {
  const stack: { readonly depth: number; readonly join: Join }[] = [];
  let join: Join = joinTo(url) ?? (() => null);
  return {
    open(depth, written) {
      const base = written === undefined ? null : join(written.trim());
      const prepared = base === null ? null : joinTo(base);
      if (prepared === null) return;
      stack.push({ depth, join });
      join = prepared;
    },
    close(depth) {
      if (stack.at(-1)?.depth === depth) join = stack.pop()!.join;
    },
    join(href) {
      const trimmed = href?.trim() ?? '';
      const joined = trimmed === '' ? null : join(trimmed);
      return joined !== null && /^https?:/.test(joined) ? joined : null;
    },
  };
}
