// Bytes in, links out. A body that is not a page gives only the links of its header. A page never makes this throw, and
// never blocks the event loop for long.

import { systemClock } from '../base/clock.ts';
import type { Outer, ParseContext, ParsedPage, Parser } from '../base/contracts.ts';
import { PARSED_AT_ONCE_BYTES, PARSED_SLICE_BYTES } from '../base/limits.ts';
import { signatureOf } from '../base/signatures.ts';
import { hostOf } from '../url/host.ts';
import { charsetRemark, type Decoding, hrefEncoder, slicesOf, textOf, toldEncodingOf, UNTOLD } from './charset.ts';
import { styleSheetLinks } from './css/style-sheet.ts';
import { headerLinks } from './header-links.ts';
import { asItIs } from './html/attributes.ts';
import { createPieceScanner, createScanner } from './html/html.ts';
import { canonicalOf, collectLinks, type Found, type ReadInner, wantedFor } from './html/links.ts';
import { collectText, NO_TEXT } from './html/page-text.ts';
import { decodeReferences } from './html/references.ts';
import type { TagSink } from './html/tag-sink.ts';
import { type JoinTo, nothingUnkept } from './join-links.ts';
import { createListParser, mayBeList } from './lists/lists.ts';
import { codeKind, isUntypedSheet, mediaTypeOf, pageKind } from './page-kind.ts';
import { mayNameSheets, xmlSheetLinks } from './xml-sheets.ts';

const SHEET = 'text/css';

export interface ParserOptions {
  /**
   * Find links that do not lead to pages too: images, styles, scripts, metadata. Without this option they cost nothing.
   */
  readonly requisites?: boolean;
  /** Read the headings of pages too. */
  readonly headings?: boolean;
  /** Lets the event loop run between two slices of a large page. */
  readonly turn?: () => Promise<void>;
}

/** Makes the parser. `joinTo` prepares a base for joining links; null if the base is not an absolute URL. */
export function createParser(joinTo: JoinTo, options: ParserOptions = {}): Parser {
  const { requisites = false, headings = false, turn = systemClock.turn } = options;
  const wishes = { requisites, headings };
  const scan = createScanner(...wantedFor(wishes));
  const parseList = createListParser(joinTo, turn);
  const scanPieces = createPieceScanner(...wantedFor(wishes));

  const readInner: ReadInner = (text, { onTag, onText }) => {
    const tell = (element: string, raw: string, isMarkup: boolean): void =>
      onText(element, isMarkup ? decodeReferences(raw, false) : raw);
    scan({ text, decode: asItIs, isXml: false }, { onTag, onTitle: () => {}, onText: tell });
  };

  const gather = (context: ParseContext, { charset, decode }: Decoding): Gathering => {
    const texts = collectText(decode, context.robotsTags);
    const links = collectLinks(context, joinTo, wishes, texts, readInner, turn);
    const onText = (element: string, raw: string, isMarkup: boolean): void => {
      if (element.length === 2) texts.onHeading(element, raw);
      else links.onText(element, isMarkup ? decodeReferences(decode(raw), false) : decode(raw));
    };
    const whole = (found: Found): ParsedPage => {
      const { title, nofollow, text } = texts.finish();
      const { links, bad, unkept, base, canonical, refresh } = found;
      const { description, language, robots, headings } = text;
      const page = {
        links,
        bad,
        unkept,
        base,
        charset,
        title,
        nofollow,
        text: { description, language, canonical, robots, headings },
      };
      return refresh === null ? page : { ...page, refresh };
    };
    return {
      sink: { onTag: links.onTag, onTitle: texts.onTitle, onText },
      finish() {
        const found = links.finish(hrefEncoder(charset));
        return found instanceof Promise ? found.then(whole) : whole(found);
      },
    };
  };

  const parseSlices = async (bytes: Uint8Array, context: ParseContext, charset: string, isXml: boolean) => {
    const slices = slicesOf(charset);
    const page = gather(context, slices);
    const take = scanPieces({ decode: slices.decode, isXml }, page.sink);
    for (let from = 0; from < bytes.length; from += PARSED_SLICE_BYTES) {
      const end = from + PARSED_SLICE_BYTES;
      const isLast = end >= bytes.length;
      take(slices.read(bytes.subarray(from, end), isLast), isLast);
      await turn();
    }
    return page.finish();
  };

  const parsePage = (bytes: Uint8Array, context: ParseContext, charset: string, isXml: boolean) => {
    if (bytes.length > PARSED_AT_ONCE_BYTES) return parseSlices(bytes, context, charset, isXml);
    const whole = textOf(bytes, charset);
    const page = gather(context, whole);
    scan({ text: whole.text, decode: whole.decode, isXml }, page.sink);
    return page.finish();
  };

  return (bytes, context) => {
    const mediaType = mediaTypeOf(context.contentType);
    if (requisites && mediaType === SHEET) return styleSheetLinks(bytes, context, joinTo, turn);
    if (requisites && isUntypedSheet(mediaType, bytes, context.url)) {
      return styleSheetLinks(bytes, context, joinTo, turn).then((sheet) => ({ ...sheet, mediaType: SHEET }));
    }
    const kind = pageKind(mediaType, bytes);
    if (kind === null) {
      const list = parseList(bytes, context);
      const remark = mediaType === 'text/html' ? misnomer(bytes) : undefined;
      const sheets = requisites && mayNameSheets(mediaType) ? xmlSheetLinks(bytes, context, joinTo) : [];
      const whole = (listed: ParsedPage | null): ParsedPage => {
        const page = listed ?? { ...noPage(context, joinTo, requisites), remark };
        return sheets.length === 0 ? page : { ...page, links: [...sheets, ...page.links] };
      };
      return list instanceof Promise ? list.then(whole) : whole(list);
    }
    const isXml = kind !== 'html';
    const charset = toldEncodingOf(bytes, context.contentType, isXml);
    if (charset !== null || context.outer === undefined) {
      const page = parsePage(bytes, context, charset ?? UNTOLD, isXml);
      return withRemark(page, charsetRemark(context.contentType, charset ?? UNTOLD));
    }
    return context.outer().then((outer) => parsePage(bytes, context, charsetOfFrame(context.url, outer), isXml));
  };
}

function withRemark(page: ParsedPage | Promise<ParsedPage>, remark: string): ParsedPage | Promise<ParsedPage> {
  if (remark === '') return page;
  return page instanceof Promise ? page.then((parsed) => ({ ...parsed, remark })) : { ...page, remark };
}

/**
 * The encoding of a page that tells none: in a frame that of the page around it, if both are of one origin (HTML
 * standard, section 13.2.3.2).
 */
function charsetOfFrame(url: string, outer: Outer | null): string {
  if (outer === null || hostOf(outer.url) !== hostOf(url) || outer.charset.startsWith('utf-16')) return UNTOLD;
  return outer.charset;
}

/** Whether `parse` would read a body with this type and this beginning. */
export function mayBeRead(contentType: string, beginning: Uint8Array, requisites: boolean): boolean {
  const mediaType = mediaTypeOf(contentType);
  if (requisites && (mediaType === SHEET || isUntypedSheet(mediaType, beginning))) return true;
  return pageKind(mediaType, beginning) !== null || mayBeList(mediaType, beginning);
}

/** A page while it is read. */
interface Gathering {
  readonly sink: TagSink;
  finish(): ParsedPage | Promise<ParsedPage>;
}

function misnomer(bytes: Uint8Array): string | undefined {
  const code = codeKind(bytes);
  const signature = signatureOf(bytes) ?? (code === null ? null : `a ${code}`);
  return signature === null ? undefined : `its type says text/html and it is ${signature}: not read`;
}

/** A body that is not a page may still have links in its header. */
function noPage(context: ParseContext, joinTo: JoinTo, requisites: boolean): ParsedPage {
  const { url, linkHeaders = [], refreshes = [] } = context;
  const join = linkHeaders.length === 0 && refreshes.length === 0 ? null : joinTo(url);
  const unkept = nothingUnkept();
  const links = join === null ? [] : headerLinks(context, join, requisites, unkept);
  const text = links.length === 0 ? NO_TEXT : { ...NO_TEXT, canonical: canonicalOf(links) };
  return { links, unkept, base: url, charset: '', title: '', nofollow: false, text };
}
