// A page as it is in a mirror. Its addresses are changed, and all that would stop a browser from showing it from a disk
// is removed. All other bytes stay as they are.

import { MIRROR_GROWTH_LENGTH_MAX, SRCDOC_DEPTH_MAX } from '../../base/limits.ts';
import { hrefEncoder } from '../../parse/charset.ts';
import { type Attributes, asItIs } from '../../parse/html/attributes.ts';
import type { Wanted } from '../../parse/html/elements.ts';
import { createScanner, type HtmlText } from '../../parse/html/html.ts';
import { eachLazyImage, mayHoldLazyImages } from '../../parse/html/lazy-images.ts';
import { rawTextEnd } from '../../parse/html/raw-text.ts';
import { decodeReferences } from '../../parse/html/references.ts';
import { PAINTS } from '../../parse/html/requisites.ts';
import { xsltImports } from '../../parse/xml-sheets.ts';
import { joinUrl } from '../../url/join.ts';
import { Unwritable } from '../unwritten.ts';
import {
  BARRED,
  BARRIERS,
  ELSEWHERE,
  FOREIGN_URLS,
  HREFS,
  SETS,
  STYLE,
  URLS,
  wantedOfMirror,
  XML_BASE,
} from './elements.ts';
import { createRelink, type Edit, edited } from './links.ts';
import { hasReferences, inAttribute, inMarkup, textOfMarkup } from './markup.ts';
import type { MirrorPaths } from './paths.ts';
import { readable } from './readable.ts';
import { mirroredStyle } from './style.ts';
import { changedValue, type ValueKind } from './values.ts';

/** Old versions of Internet Explorer read what is in such a comment. */
const CONDITIONAL = /<!--\[if\b[^\]>]*\]>/iy;
const scan = createScanner(...wantedOfMirror());

/** A value in the text that is changed when the base of the page is known. */
interface Spot {
  readonly kind: ValueKind | 'page' | 'text' | 'markup' | 'comment' | 'action';
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
  /** The attribute has a name and no equals sign. */
  readonly isBare?: boolean;
}

export interface MirroredPage {
  readonly url: string;
  readonly contentType: string;
  readonly isXml: boolean;
  /** XML that is not a page, for example a feed. Only its dangerous addresses are removed. */
  readonly isData?: boolean;
  /** The path of the page's file in the mirror. */
  readonly file: string;
  /** The header of this name. On a disk an element must say it. */
  readonly refresh?: string | undefined;
}

/** The bytes of the page's file. Never throws. */
export function mirroredPage(body: Uint8Array, page: MirroredPage, paths: Pick<MirrorPaths, 'of'>): Buffer {
  const { charset, text, decode, encode } = readable(body, page.contentType, page.isXml);
  const mirrored = mirroredText({ text, decode, isXml: page.isXml }, { page, paths, url: page.url, charset, depth: 0 });
  return encode(mirrored + refreshOf(page, paths));
}

function refreshOf({ refresh = '', file, url }: MirroredPage, paths: Pick<MirrorPaths, 'of'>): string {
  const content = changedValue('refresh', refresh, createRelink(paths, file, url)) ?? '';
  return content === '' ? '' : `<meta http-equiv="refresh" content="${inAttribute(content)}">`;
}

/** The place of a text: in the file of a page, or in an attribute of a page. */
interface Place {
  readonly page: MirroredPage;
  readonly paths: Pick<MirrorPaths, 'of'>;
  /** The base of its links, if the text names no other base. */
  readonly url: string;
  readonly charset: string;
  /** How many attributes deep the text is nested. */
  readonly depth: number;
}

function mirroredText(from: HtmlText, place: Place): string {
  const { spots, edits, base } = look(from, place.page.isData === true);
  const joined = base === null ? null : joinUrl(base, place.url);
  const url = joined !== null && /^https?:/.test(joined) ? joined : place.url;
  const relink = createRelink(place.paths, place.page.file, url, hrefEncoder(place.charset), place.page.isData);
  const relinkSheet = place.page.isData ? createRelink(place.paths, place.page.file, url) : relink;
  const { decode } = from;
  const deeper = (text: string, as: Pick<HtmlText, 'decode'> & Pick<Place, 'charset'>): string =>
    place.depth === SRCDOC_DEPTH_MAX
      ? ''
      : mirroredText({ text, decode: as.decode, isXml: false }, { ...place, ...as, url, depth: place.depth + 1 });
  const within = (text: string): string => deeper(text, { decode: asItIs, charset: 'utf-8' });
  const inComment = (text: string): string => deeper(text, { decode, charset: place.charset });
  let room = MIRROR_GROWTH_LENGTH_MAX;
  for (const spot of spots) {
    const to = spot.kind === 'sheet' ? relinkSheet : relink;
    const edit = editOf(spot, {
      relink: to,
      within,
      inComment,
      decode,
      ownUrl: place.page.url,
      hasBase: base !== null,
    });
    if (edit === null) continue;
    edits.push(edit);
    room -= edit.text.length - (edit.to - edit.from);
    if (room < 0) throw new Unwritable('its links to other hosts make it too long');
  }
  return edited(from.text, edits);
}

/** Reads the text once. */
function look({ text, decode, isXml }: HtmlText, isData: boolean) {
  const spots: Spot[] = [];
  const edits: Edit[] = [];
  let base: string | null = null;
  let styleAt = 0;
  const add: AddSpot = (kind, attributes, name) => {
    const place = attributes.place(name);
    const value = place === null ? '' : attributes.value(name)!;
    if (place === null || (value === '' && (kind !== 'url' || name !== 'href'))) return;
    spots.push({ kind, value, ...place, isBare: value === '' && !text.slice(place.from, place.start).includes('=') });
  };
  const blank = (attributes: Attributes, name: string): void => {
    const place = attributes.place(name);
    if (place === null) return;
    const to = place.end + place.quote.length;
    edits.push({ from: place.from, to, text: '' });
  };
  scan(
    { text, decode, isXml },
    {
      onTag(element, attributes, isForeign) {
        if (element === 'style') styleAt = attributes.tagEnd;
        if (element === 'form' && !isForeign && !isData) onForm(attributes, spots, blank);
        if (!attributes.hasAnyFrom()) return;
        add('style', attributes, STYLE);
        // Browsers do not know it. A feed needs it, because its links stay as they are.
        if (isData) add('elsewhere', attributes, XML_BASE);
        else blank(attributes, XML_BASE);
        if (isForeign || element === 'svg') for (const name of PAINTS) add('style', attributes, name);
        const names = own(isForeign ? FOREIGN_URLS : URLS, element);
        const kind = kindOf(element, attributes, isForeign);
        for (const name of names) add(kind, attributes, name);
        if (names.length === 0) {
          for (const name of HREFS) if (element !== 'base') add(isForeign ? kind : 'elsewhere', attributes, name);
          for (const name of ELSEWHERE) add('elsewhere', attributes, name);
        }
        if (isForeign) return;
        for (const name of own(SETS, element)) add('set', attributes, name);
        // A frame that is loaded late holds a page, whatever its address looks like.
        if (element === 'iframe') {
          add('url', attributes, 'data-src');
          add('page', attributes, 'srcdoc');
        } else if (mayHoldLazyImages(element, attributes)) addLazy(element, attributes, add);
        if (BARRED.includes(element)) for (const name of BARRIERS) blank(attributes, name);
        if (element === 'base') {
          base ??= attributes.value('href');
          blank(attributes, 'href');
        } else if (element === 'html') blank(attributes, 'manifest');
        else if (element === 'meta') onMeta(attributes, add, blank);
      },
      onTitle() {},
      onComment(open, end) {
        CONDITIONAL.lastIndex = open;
        const start = open + (isXml ? 0 : (CONDITIONAL.exec(text)?.[0].length ?? 0));
        if (start > open) spots.push({ kind: 'comment', value: text.slice(start, end), start, end, quote: '' });
      },
      onText(element, _raw, isMarkup) {
        if (element !== 'style') return;
        // `onText` gets only a part of a long style, but here all of it is needed.
        const found = rawTextEnd(text, 'style', styleAt);
        const end = found < 0 ? text.length : found;
        const value = text.slice(styleAt, end);
        const kind = isMarkup && hasReferences(value) ? 'markup' : 'text';
        spots.push({ kind, value, start: styleAt, end, quote: '' });
      },
    },
  );
  const declared = isXml ? [...declaredSpots(text), ...importSpots(text, decode)] : [];
  const starts = new Set(declared.map(({ start }) => start));
  const others = declared.length === 0 ? spots : spots.filter(({ start }) => !starts.has(start));
  return { spots: [...others, ...declared], edits, base: base as string | null };
}

/** What a style sheet in XSLT imports. */
function importSpots(text: string, decode: HtmlText['decode']): Spot[] {
  return xsltImports(text).map(({ href, start, end }): Spot => {
    return { kind: 'sheet', value: decodeReferences(decode(href), true), start, end, quote: '"' };
  });
}

/** The quoted strings in declarations of an XML document, for example of entities. */
function declaredSpots(text: string): Spot[] {
  return [...text.matchAll(/<!(?:DOCTYPE|ENTITY|NOTATION)\b[^>]*/g)].flatMap(({ 0: declaration, index }) =>
    [...declaration.matchAll(/(["'])([^"']*)\1/g)].map(({ 1: quote, 2: value = '', index: at }): Spot => {
      const start = index + at + 1;
      return {
        kind: 'declared',
        value: decodeReferences(value, false),
        start,
        end: start + value.length,
        quote: quote as '"',
      };
    }),
  );
}

/** Images that are loaded late. A script may also turn any other `data-` attribute into an image. */
function addLazy(element: string, attributes: Attributes, add: AddSpot): void {
  const images: string[] = [];
  eachLazyImage(element, attributes, (kind, name) => {
    images.push(name);
    add(kind, attributes, name);
  });
  for (const name of attributes.names) {
    if (name.startsWith('data-') && !images.includes(name)) add('elsewhere', attributes, name);
  }
}

type AddSpot = (kind: Spot['kind'], attributes: Attributes, name: string) => void;

function onMeta(attributes: Attributes, add: AddSpot, blank: (attributes: Attributes, name: string) => void): void {
  const means = attributes.value('http-equiv')?.trim().toLowerCase();
  if (means === 'refresh') add('refresh', attributes, 'content');
  else if (means === 'content-security-policy') blank(attributes, 'content');
}

/** Without an address a form goes to its page, whatever the base is. On a disk that is a file. */
function onForm(attributes: Attributes, spots: Spot[], blank: (attributes: Attributes, name: string) => void): void {
  if ((attributes.value('action') ?? '') !== '') return;
  blank(attributes, 'action');
  const at = attributes.tagEnd - (attributes.isSelfClosing ? 2 : 1);
  spots.push({ kind: 'action', value: '', start: at, end: at, quote: '' });
}

/**
 * A form needs its server, and a canonical link keeps the address of the original. What SVG takes from its own document
 * is not looked for under the base; only its links are.
 */
function kindOf(element: string, attributes: Attributes, isForeign: boolean): 'out' | 'url' | 'part' | 'sheet' {
  if (isForeign) return element === 'a' ? 'url' : 'part';
  if (element === 'link') return /(?:^|\s)canonical(?:\s|$)/i.test(attributes.value('rel') ?? '') ? 'out' : 'url';
  if (element === 'xml-stylesheet') return 'sheet';
  return element === 'form' || element === 'button' ? 'out' : 'url';
}

interface Ways {
  readonly relink: ReturnType<typeof createRelink>;
  /** Mirrors a page that an attribute contains. */
  readonly within: (text: string) => string;
  /** Mirrors the text of a comment that some browsers read. */
  readonly inComment: (text: string) => string;
  readonly decode: (raw: string) => string;
  /** The URL of the page, whatever its base is. */
  readonly ownUrl: string;
  readonly hasBase: boolean;
}

function editOf(
  { kind, value, start, end, quote, isBare }: Spot,
  { relink, within, inComment, decode, ownUrl, hasBase }: Ways,
): Edit | null {
  // A link within the page stays as it is, unless a base changes its target.
  const link = (href: string): string | null =>
    (href === '' || href.startsWith('#')) && (!hasBase || kind === 'part') ? null : relink(href, kind === 'out');
  if (kind === 'action') return { from: start, to: end, text: ` action="${inAttribute(ownUrl)}"` };
  if (kind === 'comment') return { from: start, to: end, text: inComment(value) };
  if (kind === 'text') {
    const style = mirroredStyle(value, link, decode);
    return style === value ? null : { from: start, to: end, text: style };
  }
  if (kind === 'markup') {
    const given = textOfMarkup(value, decode);
    const style = mirroredStyle(given, link, asItIs);
    return style === given ? null : { from: start, to: end, text: inMarkup(style) };
  }
  const changed = kind === 'page' ? within(value) : changedValue(kind, value, link);
  if (changed === null || changed === value) return null;
  // Chromium loads an import of XSLT whose address has an escape that it need not have, and then does not find it.
  const safe = inAttribute(kind === 'sheet' ? changed.replace(/%40|%3D/g, decodeURIComponent) : changed);
  return { from: start, to: end, text: quote === '' ? `${isBare ? '=' : ''}"${safe}"` : safe };
}

function own(wanted: Wanted, element: string): readonly string[] {
  return Object.hasOwn(wanted, element) ? wanted[element]! : [];
}
