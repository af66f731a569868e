// Names for files that are made of URLs: safe on every system, readable, and the same for the same URL. What cannot be said in a file's name is replaced, what
// is too long is shortened, and a short hash of the URL tells apart what became alike.

import { hash } from 'node:crypto';
import { isXmlType } from '../parse/page-kind.ts';
import { harmlessName } from './harmless-names.ts';

const SEGMENT_BYTES_MAX = 120;
const FOLDERS_MAX = 40;
/** Of all folders of a file: systems take paths of 1,024 bytes and more, and the export's own folder stands in front. */
const FOLDERS_BYTES_MAX = 600;
/** Not allowed on some system, or with a meaning to a shell or a URL of a file; or not seen, by people and by file systems that pass over it in `.gi\u200ct`. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"|?*\\/%#~]/gu;
/** Names that mean devices to Windows, whatever follows a dot. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$) *(?:\.|$)/i;
/** Endings by which a browser takes a file for a page, */
const PAGES = /^\.(?:html?|mht|mhtml|hta|xhtml?|xht|svgz?|xml|xslt?)$/i;
/** and those of them that XML of any kind may have. */
const XML_PAGES = /^\.(?:xhtml?|xht|svgz?|xml|xslt?)$/i;
/** Endings by which a browser knows what a file is when nobody tells it. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  'text/html': ['.html', '.htm'],
  'application/xhtml+xml': ['.xhtml', '.html', '.htm'],
  'text/css': ['.css'],
  'text/javascript': ['.js', '.mjs'],
  'application/javascript': ['.js', '.mjs'],
  'application/x-javascript': ['.js', '.mjs'],
  'image/svg+xml': ['.svg'],
  'application/pdf': ['.pdf'],
};

/** The path of a URL's file: the host's folder, those of its path, and a name; `mediaType` decides its ending. */
export function fileSegments(url: string, mediaType: string): string[] {
  const { hostname, port, pathname, search } = new URL(url);
  const parts = pathname.split('/').slice(1);
  const name = parts.pop() ?? '';
  const folders = foldersOf(parts);
  // What is deeper than any system likes becomes part of the name.
  const deeper = parts.length > folders.length ? `${shortHash(parts.join('/'))}-` : '';
  const host = port === '' ? hostname : `${hostname}_${port}`;
  const file = withEnding(deeper + (readable(name) || 'index'), search, mediaType);
  return [safeSegment(readable(host), false), ...folders, safeSegment(file, true)];
}

function foldersOf(parts: readonly string[]): string[] {
  const folders: string[] = [];
  let bytes = 0;
  for (const part of parts.slice(0, FOLDERS_MAX)) {
    const folder = safeSegment(readable(part), false);
    bytes += Buffer.byteLength(folder) + 1;
    if (bytes > FOLDERS_BYTES_MAX) break;
    folders.push(folder);
  }
  return folders;
}

/** Another name of the same kind for a URL whose own is taken. */
export function otherName(name: string, url: string): string {
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  return `${stem}~${shortHash(url)}${dot > 0 ? name.slice(dot) : ''}`;
}

function withEnding(name: string, search: string, mediaType: string): string {
  const dot = name.lastIndexOf('.');
  const query = search.length > 1 ? `@${readable(search.slice(1))}` : '';
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const known = ENDINGS[mediaType];
  // A browser on a disk believes the ending: what its server called no page is none there either.
  if (known === undefined)
    return `${stem}${query}${ending}${isPageOfNone(ending, mediaType) ? notAPage(mediaType) : ''}`;
  return known.includes(ending.toLowerCase()) ? `${stem}${query}${ending}` : `${name}${query}${known[0]}`;
}

/** The ending says that it is a page, and the type that it is none. */
function isPageOfNone(ending: string, mediaType: string): boolean {
  return PAGES.test(ending) && !(isXmlType(mediaType) && XML_PAGES.test(ending));
}

function notAPage(mediaType: string): string {
  return mediaType.startsWith('text/') ? '.txt' : '_';
}

/** As people would read it, where its escapes are text. */
function readable(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function safeSegment(segment: string, isFile: boolean): string {
  let safe = harmlessName(segment.normalize('NFC').replace(UNSAFE, '_'), isFile);
  if (DEVICES.test(safe) || safe === '') safe = `_${safe}`;
  // Windows drops dots and spaces at an end.
  safe = safe.replace(/[. ]+$/, (end) => '_'.repeat(end.length));
  if (Buffer.byteLength(safe) <= SEGMENT_BYTES_MAX) return safe;
  const dot = safe.lastIndexOf('.');
  const ending = dot > 0 && safe.length - dot <= 8 ? safe.slice(dot) : '';
  return `${cutBytes(safe, SEGMENT_BYTES_MAX - 9 - Buffer.byteLength(ending))}~${shortHash(segment)}${ending}`;
}

/** Whole characters only. */
function cutBytes(text: string, most: number): string {
  let bytes = 0;
  let cut = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    cut += character;
  }
  return cut;
}

function shortHash(text: string): string {
  return hash('sha256', text).slice(0, 8);
}
