// What a page says about itself for people and for search: title, description, language, headings, and its robots
// directives.

import type { Heading, PageText } from '../../base/contracts.ts';
import {
  DESCRIPTION_LENGTH_MAX,
  HEADING_LENGTH_MAX,
  HEADINGS_PER_PAGE_MAX,
  LANGUAGE_LENGTH_MAX,
  ROBOTS_DIRECTIVES_MAX,
  TITLE_LENGTH_MAX,
} from '../../base/limits.ts';
import { asksNofollow, robotsTagDirectives } from '../robots-tag.ts';
import type { Attributes } from './attributes.ts';
import { cleaned, decodeReferences } from './references.ts';

/** How much longer than its final length a text may be when it is read: references and spaces make it shorter. */
const RAW_LENGTH_FACTOR = 16;
/** V8 copies strings shorter than this instead of slicing them. */
const PIECE_LENGTH_MIN = 13;
/** The robot name that meta robots may address besides all robots. */
const OUR_NAME = 'gossamer';
const ROBOTS_NAMES = new Set(['robots', OUR_NAME]);

const UNTIDY = /[\t\n\f\r]| {2}|^ | $/;

/** The text of a response that is not a page. */
export const NO_TEXT: PageText = { description: '', language: '', canonical: '', robots: [], headings: [] };

export interface TextCollector {
  onTitle(raw: string): void;
  onHeading(element: string, raw: string): void;
  onHtml(attributes: Attributes): void;
  onMeta(attributes: Attributes): void;
  finish(): { readonly title: string; readonly nofollow: boolean; readonly text: Omit<PageText, 'canonical'> };
}

/** Gathers the texts of a page. `decode` turns a piece with characters beyond ASCII into what the page means. */
export function collectText(decode: (raw: string) => string, robotsTags: readonly string[] = []): TextCollector {
  const headings: Heading[] = [];
  let robots: readonly string[] = robotsTags.length === 0 ? [] : robotsTagDirectives(robotsTags, OUR_NAME);
  let title = '';
  let description = '';
  let language = '';
  let nofollow = asksNofollow(robots);

  const textOf = (raw: string, lengthMax: number): string => {
    return plain(decodeReferences(cleaned(decode(raw.slice(0, RAW_LENGTH_FACTOR * lengthMax))), false), lengthMax);
  };

  return {
    onTitle(raw) {
      title = textOf(raw, TITLE_LENGTH_MAX);
    },
    onHeading(element, raw) {
      if (headings.length >= HEADINGS_PER_PAGE_MAX) return;
      const text = textOf(raw, HEADING_LENGTH_MAX);
      if (text !== '') headings.push({ level: Number(element.charAt(1)) as Heading['level'], text });
    },
    onHtml(attributes) {
      language ||= detached(
        (attributes.value('lang') ?? attributes.value('xml:lang') ?? '').trim().slice(0, LANGUAGE_LENGTH_MAX),
      );
    },
    onMeta(attributes) {
      const name = attributes.value('name')?.trim().toLowerCase() ?? '';
      if (name === 'description') description ||= plain(attributes.value('content') ?? '', DESCRIPTION_LENGTH_MAX);
      if (!ROBOTS_NAMES.has(name)) return;
      const asked = plain(attributes.value('content') ?? '', DESCRIPTION_LENGTH_MAX)
        .toLowerCase()
        .split(/[\s,]+/);
      nofollow ||= asksNofollow(asked);
      robots = [...new Set([...robots, ...asked.filter(Boolean)])].slice(0, ROBOTS_DIRECTIVES_MAX);
    },
    finish: () => ({ title, nofollow, text: { description, language, robots, headings } }),
  };
}

/** The text in one line of at most `lengthMax` characters. */
function plain(text: string, lengthMax: number): string {
  if (text === '') return text;
  const line = UNTIDY.test(text) ? text.replace(/[\t\n\f\r ]+/g, ' ').replace(/^ | $/g, '') : text;
  // Half of a surrogate pair at the end is removed.
  const last = line.charCodeAt(lengthMax - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? lengthMax - 1 : lengthMax;
  return detached(line.slice(0, end));
}

/** A copy made through a buffer: a slice of a string would keep the whole page in memory as long as it lives. */
function detached(text: string): string {
  return text.length < PIECE_LENGTH_MIN ? text : Buffer.from(text).toString();
}
