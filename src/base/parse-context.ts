// What a response says about its body, for the parser.

import type { ParseContext } from './contracts.ts';
import { contentTypeOf, headerAll } from './headers.ts';
import type { Outcome } from './outcome.ts';

export function parseContextOf(
  { url, headers }: Pick<Outcome, 'url' | 'headers'>,
  outer?: ParseContext['outer'],
): ParseContext {
  return {
    url,
    contentType: contentTypeOf(headers),
    linkHeaders: headerAll(headers, 'link'),
    refreshes: headerAll(headers, 'refresh'),
    robotsTags: headerAll(headers, 'x-robots-tag'),
    outer,
  };
}
