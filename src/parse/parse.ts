// Bytes in, links out. What is no page gives none; what is one never makes this throw.

import { decodeHTML } from 'entities';
import type { Links, Parser } from '../base/contracts.ts';
import { TITLE_LENGTH_MAX } from '../base/limits.ts';
import { textOf } from './charset.ts';
import { scanHtml } from './html.ts';
import { type Join, LinkCollector } from './links.ts';

const HTML_TYPES = new Set(['text/html', 'application/xhtml+xml']);
/** How a page begins that was sent without a type (MIME Sniffing standard, section 7.1). */
const PAGE_BEGINS =
  /^[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i;
const SNIFFED_BYTES = 512;

/** `joinTo` prepares the joining of links to a base; null where that is no absolute URL. */
export function createParser(joinTo: (base: string) => Join | null): Parser {
  return (bytes, { url, contentType }) => {
    if (!isPage(bytes, contentType))
      return { links: [], dropped: 0, base: url, charset: '', title: '', nofollow: false };
    return linksOf(bytes, url, contentType, joinTo);
  };
}

function linksOf(bytes: Uint8Array, url: string, contentType: string, joinTo: (base: string) => Join | null): Links {
  const { charset, text, decode } = textOf(bytes, contentType);
  const collector = new LinkCollector(url, decode, joinTo);
  let title = '';
  const onTitle = (raw: string): void => {
    title = titleOf(decode(raw));
  };
  scanHtml(text, { wants: collector.wants, onTag: collector.onTag, onTitle });
  return collector.finish(charset, title);
}

function isPage(bytes: Uint8Array, contentType: string): boolean {
  const end = contentType.indexOf(';');
  const type = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  if (HTML_TYPES.has(type)) return true;
  const isUnknown = type === '' || type === 'unknown/unknown' || type === 'application/unknown' || type === '*/*';
  return isUnknown && PAGE_BEGINS.test(Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1'));
}

// Through a buffer, because a piece of a string keeps the whole page in memory as long as it lives.
function titleOf(raw: string): string {
  const text = decodeHTML(raw.slice(0, 8 * TITLE_LENGTH_MAX))
    .replace(/[\t\n\f\r ]+/g, ' ')
    .trim();
  return Buffer.from(text.slice(0, TITLE_LENGTH_MAX)).toString();
}
