// How a mirror changes the values of attributes: one address, a list of addresses, styles, or a refresh.

import { asItIs } from '../../parse/html/attributes.ts';
import { type LazyKind, severalPlaces, sizedPlaces } from '../../parse/html/lazy-images.ts';
import { refreshTarget } from '../../parse/html/refresh.ts';
import { srcsetPlaces } from '../../parse/html/srcset.ts';
import { edited, isOfNetwork, NOWHERE } from './links.ts';
import { mirroredStyle } from './style.ts';

/**
 * `out` leads to the original. `part` is a part of a picture. `sheet` is the style sheet of an XML document. `declared`
 * stands in a declaration of XML, `elsewhere` in an attribute that may hold anything.
 */
export type ValueKind = LazyKind | 'out' | 'part' | 'sheet' | 'refresh' | 'elsewhere' | 'declared';

/** The value with its addresses changed by `link`; null if it stays as it is. */
export function changedValue(kind: ValueKind, value: string, link: (href: string) => string | null): string | null {
  switch (kind) {
    case 'style':
      return mirroredStyle(value, link, asItIs);
    case 'set':
    case 'sized': {
      const places = kind === 'set' ? srcsetPlaces(value) : sizedPlaces(value);
      const edits = places.flatMap(([from, to]) => {
        const text = link(value.slice(from, to));
        // A space in the link, or a comma at its end, would end the candidate.
        return text === null ? [] : [{ from, to, text: text.replace(/[\s]/g, '%20').replace(/,$/, '%2c') }];
      });
      return edited(value, edits);
    }
    case 'several': {
      const edits = severalPlaces(value).flatMap(([from, to]) => {
        const text = link(value.slice(from, to).trim());
        return text === null ? [] : [{ from, to, text }];
      });
      return edited(value, edits);
    }
    case 'refresh': {
      const target = refreshTarget(value);
      const text = target === null ? null : link(target);
      if (target === null || text === null) return null;
      // The refresh would take the reader away from the page.
      return text === NOWHERE ? '' : `${/^\s*[\d.]*/.exec(value)![0].trim()};url=${text}`;
    }
    case 'declared':
      return isOfNetwork(value) || link(value.trim()) === NOWHERE || /\b(?:file|smb):[/\\]/i.test(value) ? '' : null;
    case 'elsewhere': {
      // An animation may have several values.
      const values = value.split(';');
      if (values.some((each) => link(each.trim()) === NOWHERE)) return NOWHERE;
      return values.map((each) => (isOfNetwork(each) ? (link(each.trim()) ?? each) : each)).join(';');
    }
    default:
      return link(value);
  }
}
