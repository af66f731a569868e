// A page as it is in a mirror: the addresses in it are changed, and what would keep it from being shown from a disk is taken out. Everything else stays byte by
// byte as it is.

import { declaredEncodingOf, decoded, encodingOf, hrefEncoder, isAsciiIn, textOf } from '../../parse/charset.ts';
import { type Attributes, asItIs } from '../../parse/html/attributes.ts';
import type { Wanted } from '../../parse/html/elements.ts';
import { createScanner } from '../../parse/html/html.ts';
import { eachLazyImage, withLazy } from '../../parse/html/lazy-images.ts';
import { rawTextEnd } from '../../parse/html/raw-text.ts';
import { refreshTarget } from '../../parse/html/refresh.ts';
import { srcsetPlaces } from '../../parse/html/srcset.ts';
import { joinUrl } from '../../url/join.ts';
import { createRelink, type Edit, edited } from './links.ts';
import type { MirrorPaths } from './paths.ts';
import { MARK, mirroredStyle } from './style.ts';

/** Attributes that hold a URL and nothing else. */
const URLS: Wanted = {
  ...{ a: ['href'], area: ['href'], link: ['href'], iframe: ['src', 'longdesc'], frame: ['src', 'longdesc'] },
  ...{ img: ['src', 'lowsrc', 'longdesc'], image: ['src'], source: ['src'], audio: ['src'], video: ['src', 'poster'] },
  ...{ embed: ['src'], track: ['src'], bgsound: ['src'], input: ['src', 'formaction'], button: ['formaction'] },
  ...{
    script: ['src'],
    object: ['data'],
    form: ['action'],
    blockquote: ['cite'],
    q: ['cite'],
    ins: ['cite'],
    del: ['cite'],
  },
  ...{ body: ['background'], table: ['background'], tr: ['background'], td: ['background'], th: ['background'] },
};
const SETS: Wanted = { img: ['srcset'], image: ['srcset'], source: ['srcset'], link: ['imagesrcset'] };
/** What lets a browser take a file only over HTTP, or only unchanged. */
const BARRIERS = ['integrity', 'crossorigin'];
const BARRED = ['link', 'script', 'img', 'audio', 'video'];
const FOREIGN_URLS: Wanted = {
  ...{ a: ['href', 'xlink:href'], image: ['href', 'xlink:href'], use: ['href', 'xlink:href'] },
  ...{ feimage: ['href', 'xlink:href'], script: ['href', 'xlink:href'] },
};
const STYLE = 'style';

const scan = createScanner(wantedOfPages(), withStyle(FOREIGN_URLS), withLazy('', [STYLE]));

/** A value in the text that is changed once the base of the page is known. */
interface Spot {
  readonly kind: 'url' | 'out' | 'set' | 'style' | 'text' | 'refresh';
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

export interface MirroredPage {
  readonly url: string;
  readonly contentType: string;
  readonly isXml: boolean;
  /** Its file in the mirror. */
  readonly file: string;
}

/** The bytes of the page's file. Never throws. */
export function mirroredPage(body: Uint8Array, page: MirroredPage, paths: Pick<MirrorPaths, 'of'>): Buffer {
  const charset = encodingOf(body, page.contentType, page.isXml);
  const { text, decode, encode } = readable(body, charset, page.isXml);
  const { spots, edits, base } = look(text, decode, page);
  const baseUrl = (base === null ? null : joinUrl(base, page.url)) ?? page.url;
  const relink = createRelink(paths, page.file, baseUrl, hrefEncoder(charset));
  for (const spot of spots) {
    const edit = editOf(spot, relink, decode, base !== null);
    if (edit !== null) edits.push(edit);
  }
  return encode(edited(text, edits));
}

interface Readable {
  readonly text: string;
  readonly decode: (raw: string) => string;
  readonly encode: (text: string) => Buffer;
}

/** From a disk no header tells the encoding: where the page does not say it either, it becomes UTF-8 with a mark that does. */
function readable(body: Uint8Array, charset: string, isXml: boolean): Readable {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const asBytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  if (isAsciiIn(charset, bytes)) return { text: bytes.toString('latin1'), decode: asItIs, encode: asBytes };
  const { text, decode } = textOf(bytes, charset);
  if (decode !== asItIs && declaredEncodingOf(bytes, isXml) === charset) return { text, decode, encode: asBytes };
  if (decode !== asItIs && charset === 'utf-8')
    return { text, decode, encode: (changed) => Buffer.concat([MARK, asBytes(changed)]) };
  const whole = decoded(bytes, charset);
  return { text: whole, decode: asItIs, encode: (changed) => Buffer.concat([MARK, Buffer.from(changed)]) };
}

/** Reads the page once. */
function look(text: string, decode: (raw: string) => string, { isXml }: MirroredPage) {
  const spots: Spot[] = [];
  const edits: Edit[] = [];
  let base: string | null = null;
  let styleAt = 0;
  const add = (kind: Spot['kind'], attributes: Attributes, name: string): void => {
    const place = attributes.place(name);
    const value = place === null ? '' : attributes.value(name)!;
    if (place !== null && value !== '') spots.push({ kind, value, ...place });
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
        add('style', attributes, STYLE);
        if (element === 'style') styleAt = attributes.tagEnd;
        const urls = isForeign ? FOREIGN_URLS : URLS;
        for (const name of own(urls, element)) add(leadsOut(element, attributes) ? 'out' : 'url', attributes, name);
        if (isForeign) return;
        for (const name of own(SETS, element)) add('set', attributes, name);
        // A frame that is shown late holds a page, whatever its address looks like.
        if (element === 'iframe') add('url', attributes, 'data-src');
        else eachLazyImage(element, attributes, (kind, name) => add(kind, attributes, name));
        if (BARRED.includes(element)) for (const name of BARRIERS) blank(attributes, name);
        if (element === 'base') {
          base ??= attributes.value('href');
          blank(attributes, 'href');
        } else if (element === 'html') blank(attributes, 'manifest');
        else if (element === 'meta') onMeta(attributes, add, blank);
      },
      onTitle() {},
      onText(element, _raw, isMarkup) {
        if (element !== 'style') return;
        // All of it, though what is told of it is bounded.
        const found = rawTextEnd(text, 'style', styleAt);
        const end = found < 0 ? text.length : found;
        const value = text.slice(styleAt, end);
        // In XML and svg a reference would have to be decoded, and what takes its place encoded.
        if (isMarkup && value.includes('&') && !value.includes('<![CDATA[')) return;
        spots.push({ kind: 'text', value, start: styleAt, end, quote: '' });
      },
    },
  );
  return { spots, edits, base: base as string | null };
}

function onMeta(
  attributes: Attributes,
  add: (kind: Spot['kind'], attributes: Attributes, name: string) => void,
  blank: (attributes: Attributes, name: string) => void,
): void {
  const means = attributes.value('http-equiv')?.trim().toLowerCase();
  if (means === 'refresh') add('refresh', attributes, 'content');
  else if (means === 'content-security-policy') blank(attributes, 'content');
}

/** A form needs its server, and a canonical address is that of the original. */
function leadsOut(element: string, attributes: Attributes): boolean {
  if (element === 'link') return /(?:^|\s)canonical(?:\s|$)/i.test(attributes.value('rel') ?? '');
  return element === 'form' || element === 'button';
}

type LinkTo = ReturnType<typeof createRelink>;

function editOf(
  { kind, value, start, end, quote }: Spot,
  relink: LinkTo,
  decode: (raw: string) => string,
  hasBase: boolean,
): Edit | null {
  // Within the page it stays within the file, unless a base led elsewhere.
  const link = (href: string): string | null =>
    href.startsWith('#') && !hasBase ? null : relink(href, kind === 'out');
  if (kind === 'text') {
    const style = mirroredStyle(value, link, decode);
    return style === value ? null : { from: start, to: end, text: style };
  }
  const changed = changedValue(kind, value, link);
  if (changed === null || changed === value) return null;
  const safe = inAttribute(changed);
  return { from: start, to: end, text: quote === '' ? `"${safe}"` : safe };
}

function changedValue(kind: Spot['kind'], value: string, link: (href: string) => string | null): string | null {
  switch (kind) {
    case 'style':
      return mirroredStyle(value, link, asItIs);
    case 'set': {
      const edits = srcsetPlaces(value).flatMap(([from, to]) => {
        const text = link(value.slice(from, to));
        // A space or a comma at its end would end the candidate.
        return text === null ? [] : [{ from, to, text: text.replace(/[\s]/g, '%20').replace(/,$/, '%2c') }];
      });
      return edited(value, edits);
    }
    case 'refresh': {
      const target = refreshTarget(value);
      const text = target === null ? null : link(target);
      if (target === null || text === null) return null;
      return `${/^\s*[\d.]*/.exec(value)![0].trim()};url=${text}`;
    }
    default:
      return link(value);
  }
}

/** In either kind of quotes, and in any encoding. */
function inAttribute(value: string): string {
  return value.replace(/[&<>"'\x80-\u{10ffff}]/gu, (odd) => `&#${odd.codePointAt(0)};`);
}

function own(wanted: Wanted, element: string): readonly string[] {
  return Object.hasOwn(wanted, element) ? wanted[element]! : [];
}

function wantedOfPages(): Wanted {
  const wanted: Record<string, readonly string[]> = { ...URLS };
  const add = (element: string, ...names: readonly string[]): void => {
    wanted[element] = [...(wanted[element] ?? []), ...names];
  };
  for (const [element, names] of Object.entries(SETS)) add(element, ...names);
  for (const element of BARRED) add(element, ...BARRIERS);
  add('link', 'rel');
  add('base', 'href');
  add('html', 'manifest');
  add('meta', 'http-equiv', 'content');
  add('style');
  const all = Object.entries(withStyle(wanted)).map(([element, names]) => [element, withLazy(element, names)] as const);
  return Object.fromEntries(all);
}

function withStyle(wanted: Wanted): Wanted {
  return Object.fromEntries(Object.entries(wanted).map(([element, names]) => [element, [...names, STYLE]]));
}
