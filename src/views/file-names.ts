// Makes file names from URLs. They are safe on every system, readable, and the same for the same URL. Characters that a
// file name cannot hold are replaced and long names are shortened. If two names become equal, a short hash of the URL
// tells them apart.

import { hash } from 'node:crypto';
import { mayNameSheets } from '../parse/xml-sheets.ts';
import { harmlessName } from './harmless-names.ts';

const SEGMENT_BYTES_MAX = 120;
const FOLDERS_MAX = 40;
/**
 * The limit of all folders of a file together. Systems allow paths of 1,024 bytes or more, and the path of the export's
 * own folder comes first.
 */
const FOLDERS_BYTES_MAX = 600;
/**
 * Characters that some system forbids, that mean something to a shell or in a file URL, or that are invisible (people
 * do not see them, and some file systems ignore them, as in `.gi\u200ct`).
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"|?*\\/%#~]/gu;
/** Names of Windows devices, with or without an ending. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$) *(?:\.|$)/i;
/** Endings that a browser treats as a page. */
const PAGES = /^\.(?:html?|mht|mhtml|hta|xhtml?|xht|svgz?|xml|xslt?)$/i;
/** The page endings that a file of any XML type may have. */
const XML_PAGES = /^\.(?:xhtml?|xht|svgz?|xml|xslt?)$/i;
/** The endings by which a browser knows the type of a file on a disk. */
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

/** The path of a URL's file: the host's folder, the folders of its path, and a name; `mediaType` decides the ending. */
export function fileSegments(url: string, mediaType: string): string[] {
  const { hostname, port, pathname, search } = new URL(url);
  const parts = pathname.split('/').slice(1);
  const name = parts.pop() ?? '';
  const folders = foldersOf(parts);
  // Folders beyond the limit become part of the name.
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

/** Another name of the same form, for a URL whose name is taken. */
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
  // A browser opens a file on a disk by its ending. So a file whose server did not call it a page must not have a
  // page's ending.
  if (known === undefined)
    return `${stem}${query}${ending}${isPageOfNone(ending, mediaType) ? notAPage(mediaType) : ''}`;
  return known.includes(ending.toLowerCase()) ? `${stem}${query}${ending}` : `${name}${query}${known[0]}`;
}

/** The ending is that of a page and the type is not. */
function isPageOfNone(ending: string, mediaType: string): boolean {
  return PAGES.test(ending) && !(mayNameSheets(mediaType) && XML_PAGES.test(ending));
}

function notAPage(mediaType: string): string {
  return mediaType.startsWith('text/') ? '.txt' : '_';
}

/** The readable form of a segment: its escapes are decoded if they are text. */
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
  // Windows drops dots and spaces at the end of a name.
  safe = safe.replace(/[. ]+$/, (end) => '_'.repeat(end.length));
  if (Buffer.byteLength(safe) <= SEGMENT_BYTES_MAX) return safe;
  const dot = safe.lastIndexOf('.');
  const ending = dot > 0 && safe.length - dot <= 8 ? safe.slice(dot) : '';
  return `${cutBytes(safe, SEGMENT_BYTES_MAX - 9 - Buffer.byteLength(ending))}~${shortHash(segment)}${ending}`;
}

/** Cuts between whole characters only. */
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
