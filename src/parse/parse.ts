// Bytes in, links out. What is no page gives none; what is one never makes this throw.

import type { Links, Parser } from '../base/contracts.ts';
import { PARSED_BYTES_MAX, TITLE_LENGTH_MAX } from '../base/limits.ts';
import { cleaned } from './attributes.ts';
import { textOf } from './charset.ts';
import { createScanner } from './html.ts';
import { collectLinks, type JoinTo, WANTED } from './links.ts';
import { createListParser } from './lists.ts';
import { mediaTypeOf, pageKind } from './page-kind.ts';
import { decodeReferences } from './references.ts';

/** What is read of a title before it is cut: references and spaces make it shorter. */
const RAW_TITLE_LENGTH_MAX = 16 * TITLE_LENGTH_MAX;

/** Makes the parser; `joinTo` prepares the joining of links to a base and gives null where that is no absolute URL. */
export function createParser(joinTo: JoinTo): Parser {
  const scan = createScanner(WANTED);
  const parseList = createListParser(joinTo);
  return (bytes, { url, contentType }) => {
    const kind = pageKind(mediaTypeOf(contentType), bytes);
    if (kind === null) return parseList(bytes, { url, contentType }) ?? noPage(url);
    const isXml = kind === 'xhtml';
    const { charset, text, decode } = textOf(bytes.subarray(0, PARSED_BYTES_MAX), contentType, isXml);
    const collector = collectLinks(url, joinTo);
    let title = '';
    const onTitle = (raw: string): void => {
      title = titleOf(decode(raw.slice(0, RAW_TITLE_LENGTH_MAX)));
    };
    scan({ text, decode, isXml }, { onTag: collector.onTag, onTitle });
    return { ...collector.finish(), charset, title };
  };
}

function noPage(url: string): Links {
  return { links: [], dropped: 0, base: url, charset: '', title: '', nofollow: false };
}

function titleOf(raw: string): string {
  const text = decodeReferences(cleaned(raw), false)
    .replace(/[\t\n\f\r ]+/g, ' ')
    .replace(/^ | $/g, '');
  // Through a buffer, because a piece of a string keeps the whole page in memory as long as the piece lives.
  return Buffer.from(cut(text)).toString();
}

// No half of a surrogate pair is left at the end.
function cut(text: string): string {
  const last = text.charCodeAt(TITLE_LENGTH_MAX - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? TITLE_LENGTH_MAX - 1 : TITLE_LENGTH_MAX);
}
