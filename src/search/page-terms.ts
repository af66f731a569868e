// A page as the index keeps it: the terms of its parts, each with a space between them, and what its likeness is. Both
// databases get the same, so that they give the same answers.

import type { Content } from '../base/contents.ts';
import type { Row } from '../base/contracts.ts';
import { type Likeness, likenessOf } from '../base/fingerprint.ts';
import { mediaTypeOf } from '../parse/page-kind.ts';
import { typeOfText } from '../views/textual.ts';
import { KnownWords } from './known-words.ts';
import { type Anchor, createLinkMemory, pageWords } from './page-words.ts';
import { languageOf } from './stemming.ts';

export interface IndexedPage {
  readonly id: number;
  readonly key: string;
  readonly url: string;
  readonly title: string | null;
  readonly type: string;
  readonly language: string;
  /** When it was fetched, in wall milliseconds. */
  readonly at: number;
  readonly likeness: Likeness;
  /** The terms of each column of `COLUMNS`, with a space between them. */
  readonly columns: readonly string[];
  /** How many terms there are in all columns. */
  readonly length: number;
  /** The texts of links that no page before had. */
  readonly anchors: readonly Anchor[];
}

/** The first terms of a text count like a description: what a page is about stands at its beginning. */
const OPENING_TERMS = 100;
/** These are in both columns, so that a phrase that begins in the opening is whole in one of them. */
const SHARED_TERMS = 31;
/** All different terms of a page together. PostgreSQL takes a megabyte, and no text of people has that many. */
const TERMS_LENGTH_MAX = 256 * 1024;
const LANGUAGES_MAX = 16;

/** Makes the function that reads pages. It remembers words, and links that earlier pages had. */
export function createTermReader(): (row: Row, kind: 'html' | 'xhtml', content: Content) => IndexedPage {
  const vocabularies = new Map<string, KnownWords>();
  const isNew = createLinkMemory();
  const vocabularyOf = (language: string): KnownWords => {
    let vocabulary = vocabularies.get(language);
    if (vocabulary === undefined) {
      if (vocabularies.size >= LANGUAGES_MAX) vocabularies.clear();
      vocabulary = new KnownWords(language);
      vocabularies.set(language, vocabulary);
    }
    return vocabulary;
  };

  return (row, kind, content) => {
    const { id, key, title, fetchedAt } = row;
    const url = content.url || row.url;
    const words = pageWords(content.body, typeOfText(row, kind), url, isNew);
    const language = languageOf(row.text?.language ?? null);
    const vocabulary = vocabularyOf(language);
    vocabulary.begin();
    const hashes: number[] = [];
    let length = 0;
    let room = TERMS_LENGTH_MAX;
    const read = (text: string | null): string[] => {
      const terms: string[] = [];
      if (text === null || text === '') return terms;
      vocabulary.each(text, (term) => {
        const written = vocabulary.textOf(term);
        if (!vocabulary.isNoted(term)) {
          if (room < written.length) return;
          room -= written.length;
          vocabulary.note(term);
          hashes.push(vocabulary.hashOf(term));
        }
        terms.push(written);
      });
      length += terms.length;
      return terms;
    };
    const text = read(words.text);
    const headings = read(words.headings);
    const likeness = likenessOf({ words: Uint32Array.from(hashes), tagPairs: NOTHING });
    const opening = text.slice(0, OPENING_TERMS);
    const rest = text.slice(text.length > OPENING_TERMS ? OPENING_TERMS - SHARED_TERMS : OPENING_TERMS);
    if (rest.length > 0) length += SHARED_TERMS;
    const description = read(row.text?.description ?? null);
    const named = read(withParts(title));
    const columns = [rest, [...description, ...opening], headings, named, read(withParts(wordsOfUrl(row.url)))];
    return {
      ...{ id, key, url: row.url, title, type: mediaTypeOf(row.contentType ?? ''), language, at: fetchedAt ?? 0 },
      ...{ likeness, columns: columns.map((terms) => terms.join(' ')), length, anchors: words.anchors },
    };
  };
}

const NOTHING = new Uint32Array();

/** With the parts of names behind them: people ask for `string builder` and mean `StringBuilder`. */
export function withParts(text: string | null): string | null {
  const parts = (text?.match(LETTERS) ?? []).filter((word) => NAME_OF_PARTS.test(word));
  return parts.length === 0 ? text : `${text} ${parts.join(' ').replace(PART_BEGINS, ' ')}`;
}

const LETTERS = /\p{L}+/gu;
const NAME_OF_PARTS = /\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}/u;
const PART_BEGINS = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu;

/** The path without the ending of the file. */
function wordsOfUrl(url: string): string {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname).replace(/\.\w{1,5}$/, '');
  } catch {
    return pathname;
  }
}
