// The links that do not lead to pages: the parts of a page (images, scripts, fonts, players) and URLs that it mentions
// (cited sources, addresses in its data). They are looked for only if requisites are wanted. To support another
// element, add a line to a table.

import type { LinkKind } from '../../base/contracts.ts';
import { encodingNamed } from '../encoding-name.ts';
import { type AddLink, addStyles } from './add-styles.ts';
import type { Attributes } from './attributes.ts';
import type { Wanted } from './elements.ts';
import { withLazy } from './lazy-images.ts';
import { srcsetUrls } from './srcset.ts';

const words = (list: string): readonly string[] => list.split(' ');

/** Attributes that hold one URL and nothing else, by elements and kind. */
const URL_ATTRIBUTES: readonly (readonly [elements: string, attributes: string, kind: LinkKind])[] = [
  ['img image', 'src lowsrc', 'requisite'],
  ['audio bgsound embed source track amp-img amp-anim amp-audio', 'src', 'requisite'],
  ['video amp-video', 'src poster', 'requisite'],
  ['object', 'data', 'requisite'],
  ['html', 'manifest', 'requisite'],
  ['body table thead tbody tfoot tr td th', 'background', 'requisite'],
  ['script', 'src', 'script'],
  ['blockquote q ins del', 'cite', 'metadata'],
  ['img image iframe frame', 'longdesc', 'metadata'],
];
/** Elements of SVG that show, or build upon, what stands in another file. */
const FOREIGN_PARTS = words(
  'image use feimage lineargradient radialgradient pattern filter textpath mpath cursor font-face-uri tref',
);
const FOREIGN_URL_ATTRIBUTES: typeof URL_ATTRIBUTES = [
  [FOREIGN_PARTS.join(' '), 'href', 'requisite'],
  ['script', 'href', 'script'],
];
/** The attributes with the address of a frame, all but the first if a script loads it late. */
export const FRAMES: readonly string[] = words(
  `src data-src data-lazy-src data-litespeed-src data-lazyload data-ezsrc data-opt-src data-defer-src data-cookieblock-src data-cmp-src \
data-consent-src`,
);
/** Where the address of a script waits until somebody touches the page. It must look like one. */
export const LATE_SCRIPTS: readonly string[] = words(
  `data-src data-rocket-src data-litespeed-src data-lazy-src data-defer-src data-pmdelayedscript data-wpmeteor-src data-cookieblock-src \
data-cmp-src data-wpacu-script-src data-consent-src`,
);
/** Where the address of a style sheet waits. */
export const LATE_SHEETS: readonly string[] = words('data-href data-rocket-href data-lazy-href data-pmdelayedstyle');
const SCRIPT_ADDRESS = /^\s*(?:https?:)?\/\/|\.m?js\s*(?:[?#]|$)/i;
/** Attributes of SVG that are styles and may name a file: `fill="url(paints.svg#red)"` (SVG 2, section 6.6). */
export const EFFECTS: readonly string[] = words('filter mask clip-path cursor');
export const PAINTS: readonly string[] = [
  ...EFFECTS,
  ...words('fill stroke marker marker-start marker-mid marker-end'),
];
/** Attributes that any element may have, and any element of SVG. */
export const ANY_ELEMENT: readonly string[] = withLazy('', ['style']);
export const ANY_FOREIGN: readonly string[] = [...PAINTS, ...ANY_ELEMENT];
/** Plugin parameters that are addresses. */
const URL_PARAMETERS = new Set(words('movie src url data code filename href'));
/** Names and properties of meta elements whose content is something to show. */
const META_REQUISITES = new Set(
  words(
    `og:image og:image:url og:image:secure_url og:video og:video:url og:video:secure_url og:audio og:audio:url og:audio:secure_url \
twitter:image twitter:image:src twitter:image0 twitter:player:stream msapplication-tileimage thumbnail`,
  ),
);
/** Names and properties of meta elements whose content is the address of this page or another. */
const META_ADDRESSES = new Set(words('og:url og:see_also twitter:url twitter:player article:author article:publisher'));
const ADDRESS = /^https?:\/\//i;

type UrlAttributes = ReadonlyMap<string, readonly (readonly [attribute: string, kind: LinkKind])[]>;
const IN_HTML = byElement(URL_ATTRIBUTES);
const IN_FOREIGN = byElement(FOREIGN_URL_ATTRIBUTES);

/** Adds the requisite attributes to those that `pages` wants. */
export function withRequisites(pages: Wanted): Wanted {
  const own: Record<string, readonly string[]> = {
    ...pages,
    link: [...pages['link']!, 'charset', 'imagesrcset', 'itemprop', ...LATE_SHEETS],
    meta: [...pages['meta']!, 'property', 'itemprop'],
    img: ['srcset'],
    image: ['srcset'],
    source: ['srcset'],
    'amp-img': ['srcset'],
    'amp-anim': ['srcset'],
    input: ['type', 'src'],
    param: ['name', 'value'],
    script: ['type', 'charset', ...LATE_SCRIPTS],
    style: [],
    // Nothing but their own attributes counts: what is in them is foreign, or text.
    svg: PAINTS,
    math: [],
    textarea: [],
    'xml-stylesheet': ['href', 'charset'],
  };
  const wanted = Object.entries(merged(own, IN_HTML));
  return Object.fromEntries(wanted.map(([name, attributes]) => [name, withLazy(name, [...attributes, 'style'])]));
}

export function withForeignRequisites(pages: Wanted): Wanted {
  const old = Object.fromEntries([...FOREIGN_PARTS, 'script'].map((name) => [name, ['xlink:href']]));
  const wanted = Object.entries(merged({ ...pages, ...old, style: [] }, IN_FOREIGN));
  return Object.fromEntries(wanted.map(([name, attributes]) => [name, [...attributes, 'style', ...PAINTS]]));
}

/** Adds the links of an element that do not lead to pages. */
export function addRequisites(element: string, attributes: Attributes, isForeign: boolean, add: AddLink): void {
  const table = isForeign ? IN_FOREIGN : IN_HTML;
  if (isForeign || element === 'svg') for (const name of PAINTS) addStyles(attributes.value(name), element, add);
  for (const [attribute, kind] of table.get(element) ?? []) {
    // The old spelling counts only if the new one is missing (SVG 2, section 16.1.4).
    const href = attributes.value(attribute) ?? (isForeign ? attributes.value('xlink:href') : null);
    const charset = kind === 'script' ? charsetOfScript(attributes) : undefined;
    add(href, kind, '', nameOf(element, isForeign), charset);
  }
  if (isForeign) return;
  switch (element) {
    case 'img':
    case 'image':
    case 'source':
    case 'amp-img':
    case 'amp-anim':
      return addAll(attributes.value('srcset'), nameOf(element, false), add);
    case 'link':
      if (/(?:^|\s)stylesheet(?:\s|$)/i.test(attributes.value('rel') ?? ''))
        for (const name of LATE_SHEETS) add(attributes.value(name), 'style', '', element);
      return addAll(attributes.value('imagesrcset'), element, add);
    case 'input':
      if (attributes.value('type')?.toLowerCase() === 'image') add(attributes.value('src'), 'requisite', '', element);
      return;
    case 'param':
      if (URL_PARAMETERS.has(attributes.value('name')?.toLowerCase() ?? '')) {
        add(attributes.value('value'), 'requisite', '', element);
      }
      return;
    case 'meta':
      return addMeta(attributes, add);
    case 'script':
      for (const name of LATE_SCRIPTS) {
        const href = attributes.value(name);
        if (href !== null && SCRIPT_ADDRESS.test(href)) add(href, 'script', '', element);
      }
      return;
    case 'xml-stylesheet':
      return add(attributes.value('href'), 'style', '', element, encodingNamed(attributes.value('charset')));
  }
}

/** A module is in UTF-8, whatever names another encoding (HTML standard, section 8.1.4.2). */
function charsetOfScript(attributes: Attributes): string | undefined {
  const type = attributes.value('type')?.trim().toLowerCase();
  return type === 'module' ? 'utf-8' : encodingNamed(attributes.value('charset'));
}

function addMeta(attributes: Attributes, add: AddLink): void {
  const content = attributes.value('content');
  if (content === null) return;
  const name = (attributes.value('property') ?? attributes.value('name') ?? '').trim().toLowerCase();
  if (META_REQUISITES.has(name)) add(content, 'requisite', '', 'meta');
  // No element makes these values URLs, so only those that look like absolute URLs count.
  else if ((META_ADDRESSES.has(name) || attributes.value('itemprop') !== null) && ADDRESS.test(content)) {
    add(content, 'metadata', '', 'meta');
  }
}

function addAll(srcset: string | null, element: string, add: AddLink): void {
  if (srcset !== null) for (const url of srcsetUrls(srcset)) add(url, 'requisite', '', element);
}

/** The element's name. In HTML `image` is another spelling of `img` (section 13.2.6.4.7). */
function nameOf(element: string, isForeign: boolean): string {
  return element === 'image' && !isForeign ? 'img' : element;
}

function byElement(table: typeof URL_ATTRIBUTES): UrlAttributes {
  const found = new Map<string, [string, LinkKind][]>();
  for (const [elements, attributes, kind] of table) {
    for (const element of words(elements)) {
      const known = found.get(element) ?? [];
      found.set(element, [...known, ...words(attributes).map((name): [string, LinkKind] => [name, kind])]);
    }
  }
  return found;
}

function merged(wanted: Record<string, readonly string[]>, table: UrlAttributes): Wanted {
  for (const [element, attributes] of table) {
    wanted[element] = [...(wanted[element] ?? []), ...attributes.map(([name]) => name)];
  }
  return wanted;
}
