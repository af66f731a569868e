// Recognises bodies that no page begins like (MIME Sniffing standard, section 6, and 7.1 for documents). They are not
// parsed, whatever their type says. Signatures that a text may begin with (`BM`, `ID3`) are left out.

type Part = readonly [at: number, text: string];

/** The first part of each stands at the beginning. Each part is the text that stands at an offset, as latin1. */
const SIGNATURES: readonly (readonly [name: string, first: Part, ...parts: Part[]])[] = [
  ['a PNG image', [0, '\x89PNG\r\n\x1a\n']],
  ['a GIF image', [0, 'GIF87a']],
  ['a GIF image', [0, 'GIF89a']],
  ['a JPEG image', [0, '\xff\xd8\xff']],
  ['a WebP image', [0, 'RIFF'], [8, 'WEBPVP']],
  ['an icon', [0, '\0\0\x01\0']],
  ['a PDF', [0, '%PDF-']],
  ['a PostScript document', [0, '%!PS-Adobe-']],
  ['a ZIP archive', [0, 'PK\x03\x04']],
  ['a RAR archive', [0, 'Rar!\x1a\x07\0']],
  ['a gzip archive', [0, '\x1f\x8b\x08']],
  ['an Ogg file', [0, 'OggS\0']],
  ['a WebM video', [0, '\x1aE\xdf\xa3']],
  ['an MP4 video', [0, '\0'], [4, 'ftyp']],
];
const SIGNATURE_BYTES_MAX = 16;
/** The first bytes of the signatures. Nearly every page begins with another one. */
const FIRST_BYTES = new Set(SIGNATURES.map(([, [, text]]) => text.charCodeAt(0)));

const PACKED = / archive$/;

/** What the body is by its first bytes; null if it may be a page. */
export function signatureOf(bytes: Uint8Array): string | null {
  if (!FIRST_BYTES.has(bytes[0] ?? -1)) return null;
  const beginning = Buffer.from(bytes.subarray(0, SIGNATURE_BYTES_MAX)).toString('latin1');
  return SIGNATURES.find(([, ...parts]) => parts.every(([at, text]) => beginning.startsWith(text, at)))?.[0] ?? null;
}

/** Whether the body is an image, a document or a recording. An archive is not: it may hold a text. */
export function isMedia(bytes: Uint8Array): boolean {
  const signature = signatureOf(bytes);
  return signature !== null && !PACKED.test(signature);
}
