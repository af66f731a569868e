// What a page says of itself for people and for search: title, description, language, headings, and what it asks of robots.

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
import { type Attributes, cleaned } from './attributes.ts';
import { decodeReferences } from './references.ts';

/** What is read of a text before it is cut: references and spaces make it shorter. */
const RAW_LENGTH_FACTOR = 16;
/** V8 copies what is shorter than that. */
const PIECE_LENGTH_MIN = 13;
/** Whom meta robots speaks to: all, or us by our name. */
const OUR_NAME = 'gossamer';
const ROBOTS_NAMES = new Set(['robots', OUR_NAME]);

const UNTIDY = /[\t\n\f\r]| {2}|^ | $/;

/** The text of what is no page. */
export const NO_TEXT: PageText = { description: '', language: '', canonical: '', robots: [], headings: [] };

export interface TextCollector {
  onTitle(raw: string): void;
  onHeading(element: string, raw: string): void;
  onHtml(attributes: Attributes): void;
  onMeta(attributes: Attributes): void;
  finish(): { readonly title: string; readonly nofollow: boolean; readonly text: Omit<PageText, 'canonical'> };
}

/** Gathers the texts of a page; `decode` turns what is not plain ASCII into what the page means. */
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

/** In one line, no longer than that. */
function plain(text: string, lengthMax: number): string {
  if (text === '') return text;
  const line = UNTIDY.test(text) ? text.replace(/[\t\n\f\r ]+/g, ' ').replace(/^ | $/g, '') : text;
  // No half of a surrogate pair is left at the end.
  const last = line.charCodeAt(lengthMax - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? lengthMax - 1 : lengthMax;
  return detached(line.slice(0, end));
}

/** Through a buffer, because a piece of a string keeps the whole page in memory as long as the piece lives. */
function detached(text: string): string {
  return text.length < PIECE_LENGTH_MIN ? text : Buffer.from(text).toString();
}
