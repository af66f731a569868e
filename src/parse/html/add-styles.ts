import type { LinkKind } from '../../base/contracts.ts';
import { cssLinks } from '../css/css.ts';

/**
 * Takes a link as written. Null and the empty string are ignored. `charset` is the encoding that the link names for its
 * target.
 */
export type AddLink = (href: string | null, kind: LinkKind, rel: string, element: string, charset?: string) => void;

/** Adds the URLs of a style element, or of a style attribute. */
export function addStyles(css: string | null, element: string, add: AddLink): void {
  if (css === null) return;
  cssLinks(css, (url, isImport) => add(url, isImport ? 'style' : 'requisite', '', element));
}
