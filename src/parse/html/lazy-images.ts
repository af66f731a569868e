// Images whose address waits in another attribute until a script moves it into place when a reader comes near. No
// standard covers them: these are the names that common scripts and systems use. A value counts if it can be an
// address.

import { type AddLink, addStyles } from './add-styles.ts';
import type { Attributes } from './attributes.ts';
import { srcsetPlaces, srcsetUrls } from './srcset.ts';

const words = (list: string): readonly string[] => list.split(' ');

/** Attributes of any element: an image behind its text. */
const ANYWHERE = words(
  `data-src data-bg data-background data-background-image data-bgset data-bg-image data-bg-src data-lazy-bg data-image-src nitro-lazy-bg \
data-setbg data-bg-set data-bg-hidpi data-bg-multi data-bg-multi-hidpi data-original data-lazy-background data-background-url data-bgimage \
data-vc-parallax-image data-style data-lazy-style data-background-image-set data-echo-background data-flickity-bg-lazyload data-back \
data-back-webp data-bg-desktop data-bg-mobile data-desktop-bg data-mobile-bg data-responsive-bg data-dt-lazy-src data-aload data-thumb data-poster \
data-bg-url data-bg-webp data-lazy-background-image data-lazyload-bg data-parallax-image data-interchange`,
);
/** Those of them that a script may use for anything else. */
const COMMON = new Set(['data-src', 'data-original']);
/** Attributes of an element that shows an image or plays media. */
const SOURCES = words(
  `data-lazy-src data-lazy data-orig-src data-cfsrc data-echo data-hi-res-src data-lazyload data-ll-src \
data-defer-src data-img-src data-pagespeed-lazy-src data-flickity-lazyload data-src-retina data-original-src data-actualsrc data-real-src \
data-delayed-src data-lazyload-src data-imgsrc data-full-src data-src-large lazy-src load-src nitro-lazy-src data-iesrc data-normal \
data-flickity-lazyload-src data-src-small data-src-medium data-src-webp data-src-img data-webp data-lazy-load-src data-lazysrc data-opt-src \
data-wpfc-original-src data-ezsrc data-breeze data-spai-src data-pagespeed-high-res-src data-src-fallback ix-src`,
);
/** Attributes that may hold something else too: their value counts only if it is named like an image. */
const MAYBE = words(
  `data-url data-image data-image-url data-img data-thumbnail data-large data-full data-hires data-retina data-rjs data-at2x \
data-large-file data-medium-file data-orig-file data-large_image data-zoom-image data-zoom-src`,
);
const DOUBTED = new Set([...MAYBE, 'data-image-src', 'data-thumb']);
const SETS = words(
  `data-srcset data-lazy-srcset data-original-set data-set data-src-set nitro-lazy-srcset lazy-srcset data-flickity-lazyload-srcset \
data-srcset-webp data-srcset-img data-wpfc-original-srcset data-ezsrcset data-breeze-srcset data-opt-srcset ix-srcset`,
);
const ALL = [...ANYWHERE, ...SOURCES, ...MAYBE, ...SETS];
const SHOWING = new Set(words('img image source video audio embed amp-img amp-anim amp-video amp-audio'));

const LISTED: ReadonlySet<string> = new Set(ALL);
/** Any other attribute of a script, as it is written in a tag. */
const OTHER = /\s((?:data-|ng-src)[\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;
/** Such a name tells of an image, or of the screen that the image is for. */
const IMAGE_NAME =
  /src|source|im(?:a?ge?|g)|bg|background|thumb|poster|photo|pic|lazy|load|url|retina|hi-?res|highres|hidpi|\dx|desktop|mobile|tablet|phone|small|medium|large|full|zoom|hover|over|preview|fallback|webp|avif/;
/** Such a name tells something about an image. */
const ABOUT_IMAGE =
  /(?:^data-pin.*|title|alt|name|caption|text|label|id|class|sizes?|width|height|type|description|link|author|key|hash|slug)$/;

/** Values that are not addresses: a word for a script, part of a template, JSON, a picture that a script draws. */
const NO_ADDRESS = /^(?:true|false|null|undefined|none|auto|lazy|%[ds]|\d*)$|[<>{}]|^\s*\[|^holder\.js\//i;
const IMAGE = /\.(?:avif|bmp|gif|ico|jfif|jpe?g|png|svg|webp)\s*(?:[?#]|$)/i;
const ADDRESS = /^\s*(?:(?:https?:)?\/\/|\.{0,2}\/)/i;
const IN_STYLE = /(?:url|image-set)\(/i;
/** Attributes whose value is nothing but styles. */
const STYLES = new Set(['data-style', 'data-lazy-style']);
const BGSETS = new Set(['data-bgset', 'data-bg-set']);
/** Between the addresses of several images: of layers, or of one for each kind of screen. */
const BETWEEN = /[,|]/;

/** The attributes to read: those of the element, then the lazy ones. */
export function withLazy(element: string, attributes: readonly string[]): readonly string[] {
  return [...attributes, ...namesOf(element)];
}

/**
 * The content of an attribute: one address, some with signs between them, a list as in `srcset`, some with conditions
 * in brackets, or styles.
 */
export type LazyKind = 'url' | 'several' | 'set' | 'sized' | 'style';

/** Whether the tag has one of the attributes. The reader must have read them after all others. */
export function mayHoldLazyImages(element: string, attributes: Attributes): boolean {
  const isListed = attributes.hasAnyFrom(attributes.names.length - namesOf(element).length);
  return isListed || (SHOWING.has(element) && othersIn(attributes.written).length > 0);
}

/** Attributes in neither list with the name of an image as their value. */
function othersIn(tag: string): string[] {
  if (!/\s(?:data-|ng-src)/i.test(tag)) return [];
  return [...tag.matchAll(OTHER)].flatMap(([, written, double, single, bare]) => {
    const name = written!.toLowerCase();
    const isImage = !LISTED.has(name) && IMAGE_NAME.test(name) && !ABOUT_IMAGE.test(name);
    return isImage && IMAGE.test((double ?? single ?? bare)!.replace(/[\s,|].*/s, '')) ? [name] : [];
  });
}

/** Reports the attributes that hold lazily shown images. The reader must have read them after all others. */
export function eachLazyImage(
  element: string,
  attributes: Attributes,
  onImage: (kind: LazyKind, name: string, value: string) => void,
): void {
  if (!mayHoldLazyImages(element, attributes)) return;
  const others = SHOWING.has(element) ? othersIn(attributes.written) : [];
  if (others.length > 0) attributes.readMore(others);
  for (const name of [...namesOf(element), ...others]) {
    const value = attributes.value(name);
    const kind = value === null ? null : kindOf(element, name, value);
    if (kind !== null) onImage(kind, name, value!);
  }
}

export function addLazyImages(element: string, attributes: Attributes, add: AddLink): void {
  eachLazyImage(element, attributes, (kind, _name, value) => {
    if (kind === 'set') for (const url of srcsetUrls(value)) add(url, 'requisite', '', element);
    else if (kind === 'sized') for (const url of sizedUrls(value)) add(url, 'requisite', '', element);
    else if (kind === 'style') addStyles(value, element, add);
    else if (kind === 'several') for (const url of value.split(BETWEEN)) add(url, 'requisite', '', element);
    else add(value, 'requisite', '', element);
  });
}

/** Where the addresses of `several` images stand in the value. */
export function severalPlaces(value: string): (readonly [from: number, to: number])[] {
  let from = 0;
  return value.split(BETWEEN).map(({ length }) => {
    const place = [from, from + length] as const;
    from += length + 1;
    return place;
  });
}

/**
 * Where the addresses stand in a value with conditions: `[a.jpg, small], [b.jpg, large]`, or `a.jpg 1x [(media)] |
 * b.jpg`, which is several lists as in `srcset`.
 */
export function sizedPlaces(value: string): (readonly [from: number, to: number])[] {
  if (!/^\s*\[/.test(value)) {
    const list = value.replace(/\[[^\]]*\]/g, (condition) => ' '.repeat(condition.length));
    return srcsetPlaces(list.replace(/\s\|/g, ' ,'));
  }
  return [...value.matchAll(/(\[\s*)([^\s[\]]+?)(?:,\s|,[\w-]+\s*\])/g)].flatMap(({ index, 1: open, 2: address }) => {
    const from = index + open!.length;
    // It may also be a part of a page.
    return IMAGE.test(address!) ? [[from, from + address!.length] as const] : [];
  });
}

export function sizedUrls(value: string): string[] {
  return sizedPlaces(value).map(([from, to]) => value.slice(from, to));
}

function namesOf(element: string): readonly string[] {
  return SHOWING.has(element) ? ALL : ANYWHERE;
}

function kindOf(element: string, name: string, value: string): LazyKind | null {
  if (name === 'data-interchange') return /^\s*\[/.test(value) ? 'sized' : null;
  if (NO_ADDRESS.test(value)) return null;
  if (IN_STYLE.test(value)) return 'style';
  if (STYLES.has(name)) return null;
  if (BGSETS.has(name) && /\s\[|\|/.test(value)) return 'sized';
  if (name.endsWith('set') || /set-(?:webp|img)$/.test(name)) return 'set';
  if (BETWEEN.test(value) && value.split(BETWEEN).every((each) => IMAGE.test(each))) return 'several';
  if (IMAGE.test(value)) return 'url';
  if (DOUBTED.has(name)) return null;
  // A background may be a colour. On an element that is not an image, a source may be anything.
  return SHOWING.has(element) || (!COMMON.has(name) && ADDRESS.test(value)) ? 'url' : null;
}
