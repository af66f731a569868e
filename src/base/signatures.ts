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
  ['a FLAC recording', [0, 'fLaC\0']],
  ['a TIFF image', [0, 'II*\0']],
  ['a TIFF image', [0, 'MM\0*']],
  ['a font', [0, 'wOFF\0\x01\0\0']],
  ['a font', [0, 'wOF2\0\x01\0\0']],
  ['a font', [0, 'OTTO\0']],
  ['a font', [0, '\0\x01\0\0\0']],
  ['a 7-Zip archive', [0, "7z\xbc\xaf'\x1c"]],
  ['an XZ archive', [0, '\xfd7zXZ\0']],
  ['a Zstandard archive', [0, '\x28\xb5\x2f\xfd']],
  ['a bzip2 archive', [0, 'BZh'], [4, '1AY&SY']],
  ['an ELF program', [0, '\x7fELF']],
  ['a Windows program', [0, 'MZ'], [3, '\0']],
  ['a WebAssembly program', [0, '\0asm']],
  ['a Java class', [0, '\xca\xfe\xba\xbe\0']],
  ['a SQLite database', [0, 'SQLite format 3\0']],
  ['an Office document', [0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1']],
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
