// What the scanner sees of a page. Its modules come out of a folder, so that a changed copy of them can be asked too.

import type { Attributes } from '../../src/parse/html/attributes.ts';
import { lineOf, type Wishes } from './oracle.ts';

/** How the bytes of a case are to be read. */
export interface PageKind {
  readonly charset: string;
  /** Length of the pieces that the page comes in the second time. */
  readonly piece: number;
}

export interface ScanReading {
  readonly whole: readonly string[];
  readonly inPieces: readonly string[];
}

export interface Scanner {
  readonly wishes: Wishes;
  read(bytes: Uint8Array, kind: PageKind): ScanReading;
}

/** The scanner of the modules in `source`, a folder like src/. */
export async function loadScanner(source: URL): Promise<Scanner> {
  const load = (path: string): Promise<unknown> => import(new URL(path, source).href);
  const { createScanner, createPieceScanner } = (await load(
    'parse/html/html.ts',
  )) as typeof import('../../src/parse/html/html.ts');
  const { wantedFor } = (await load('parse/html/links.ts')) as typeof import('../../src/parse/html/links.ts');
  const { textOf } = (await load('parse/charset.ts')) as typeof import('../../src/parse/charset.ts');
  const wishes = wantedFor({ requisites: true, headings: true });
  const scan = createScanner(...wishes);
  const scanPieces = createPieceScanner(...wishes);

  return {
    wishes,
    read(bytes, { charset, piece }) {
      const { text, decode } = textOf(bytes, charset);
      const whole: string[] = [];
      scan({ text, decode, isXml: false }, sinkFor(wishes, whole));
      const inPieces: string[] = [];
      const take = scanPieces({ decode, isXml: false }, sinkFor(wishes, inPieces));
      for (let at = 0; at <= text.length; at += piece) take(text.slice(at, at + piece), at + piece > text.length);
      return { whole, inPieces };
    },
  };
}

function sinkFor(wishes: Wishes, lines: string[]) {
  return {
    onTag(element: string, attributes: Attributes, isForeign: boolean): void {
      const line = lineOf(wishes, element, isForeign, (name) => attributes.value(name));
      if (line !== null) lines.push(line);
    },
    onTitle(): void {},
  };
}
