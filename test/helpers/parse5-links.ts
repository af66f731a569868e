// Finds every link of a page with the standard's parser: a tree, a walk, and a table of what may hold a URL. It is slow
// and literal; the scanner of src/parse is compared with it on real pages.

import { type DefaultTreeAdapterMap, parse } from 'parse5';
import { cssLinksByTokens } from './css-tokens.ts';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

const HTML = 'http://www.w3.org/1999/xhtml';

/** Attributes of HTML elements that hold one URL. They may be empty only if the page itself is meant. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  area: ['href'],
  link: ['href'],
  iframe: ['src', 'longdesc'],
  frame: ['src', 'longdesc'],
  img: ['src', 'lowsrc', 'longdesc'],
  script: ['src'],
  audio: ['src'],
  video: ['src', 'poster'],
  source: ['src'],
  track: ['src'],
  embed: ['src'],
  object: ['data'],
  html: ['manifest'],
  body: ['background'],
  table: ['background'],
  td: ['background'],
  th: ['background'],
  blockquote: ['cite'],
  q: ['cite'],
  ins: ['cite'],
  del: ['cite'],
};
const FOREIGN: readonly string[] =
  'a image use feImage script linearGradient radialGradient pattern filter textPath mpath cursor font-face-uri tref'.split(
    ' ',
  );
const MAY_BE_EMPTY = new Set(['a', 'area']);
/**
 * Elements whose fragment links lead to the page. In elements that show something, a fragment alone is a part of this
 * page.
 */
const LEADING = new Set('a area link iframe frame blockquote q ins del'.split(' '));

/** `element URL` for each http or https link, without fragment. */
export function linksByParse5(text: string, page: string): string[] {
  const hrefs: [element: string, href: string][] = [];
  const met = new Set<number>();
  let baseHref: string | null = null;
  const open: Node[] = [parse(text, { scriptingEnabled: false, sourceCodeLocationInfo: true })];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ('content' in node) open.push(node.content);
    if ('childNodes' in node) open.push(...node.childNodes.toReversed());
    // A formatting element that is closed in the wrong order is created again, from the same tag.
    const at = node.sourceCodeLocation?.startOffset;
    if (!('tagName' in node) || at === undefined || met.has(at)) continue;
    met.add(at);
    if (node.tagName === 'base' && node.namespaceURI === HTML) baseHref ??= attributeOf(node, 'href');
    hrefs.push(...hrefsOf(node));
  }
  const base = (baseHref === null ? null : URL.parse(baseHref, page)?.href) ?? page;
  return hrefs.flatMap(([element, href]) => {
    const url = URL.parse(href, base);
    if (url === null || !/^https?:$/.test(url.protocol)) return [];
    url.hash = '';
    return [`${element} ${url.href}`];
  });
}

function hrefsOf(element: Element): [string, string][] {
  const name = element.tagName;
  const found = valuesOf(element).filter((href) => {
    return href === '' ? MAY_BE_EMPTY.has(name) : LEADING.has(name) || !href.startsWith('#');
  });
  found.push(...cssUrls(attributeOf(element, 'style') ?? ''));
  if (name === 'style') found.push(...cssUrls(textOf(element)));
  return found.map((href) => [name.toLowerCase(), href]);
}

function valuesOf(element: Element): string[] {
  const name = element.tagName;
  const all = (names: readonly string[]): string[] => names.flatMap((each) => attributeOf(element, each) ?? []);
  if (element.namespaceURI !== HTML) {
    return FOREIGN.includes(name) ? all(['href', 'xlink:href']).slice(0, 1) : [];
  }
  const found = all(ATTRIBUTES[name] ?? []);
  if (name === 'meta') found.push(...metaUrls(element));
  if (name === 'input' && attributeOf(element, 'type')?.toLowerCase() === 'image') found.push(...all(['src']));
  for (const list of all(['srcset', 'imagesrcset']))
    found.push(...list.split(',').map((each) => each.trim().split(/\s/)[0]!));
  return found;
}

/** The target of a refresh, and the image that social networks show for the page. */
function metaUrls(element: Element): string[] {
  const content = attributeOf(element, 'content') ?? '';
  if (attributeOf(element, 'http-equiv')?.toLowerCase() === 'refresh') {
    return [/^\s*\d+\s*[;,]\s*(?:url\s*=\s*)?['"]?(?<url>[^'"]+)/i.exec(content)?.groups?.['url'] ?? ''];
  }
  const name = attributeOf(element, 'property') ?? attributeOf(element, 'name') ?? '';
  return /^(?:og:image|twitter:image|og:url)$/.test(name) ? [content] : [];
}

function cssUrls(css: string): string[] {
  return cssLinksByTokens(css)
    .map((found) => found.replace(/^@/, ''))
    .filter((url) => url !== '');
}

function attributeOf(element: Element, name: string): string | null {
  const [prefix, local] = name.includes(':') ? name.split(':') : [undefined, name];
  const same = (each: Element['attrs'][number]): boolean => {
    return each.name === local && (prefix === undefined || each.prefix === prefix);
  };
  return element.attrs.find(same)?.value ?? null;
}

function textOf(element: Element): string {
  return element.childNodes.map((child) => ('value' in child ? child.value : '')).join('');
}
