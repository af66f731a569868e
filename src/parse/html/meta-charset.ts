// The encoding that a meta element names. Nearly all such elements are in the first kilobyte. A later one counts too,
// as if the page were read again (HTML standard, section 13.2.3.4, "change the encoding"). Text that looks like one in
// a script, a comment or a title does not count.

import { CHARSET_LATE_BYTES, CHARSET_USUAL_BYTES } from '../../base/limits.ts';
import { encodingNamed } from '../encoding-name.ts';
import { latin1 } from '../latin1.ts';
import { type Attributes, asItIs } from './attributes.ts';
import { createPieceScanner } from './html.ts';

const scan = createPieceScanner({ meta: ['charset', 'http-equiv', 'content'] });
const FIRST_PIECE_BYTES = CHARSET_USUAL_BYTES / 4;
/** A word in every such element. Searching for it takes a fifth of the time that reading takes. */
const WORD = /charset/i;
/** The pattern of "extracting a character encoding from a meta element" (HTML standard, section 2.4.4). */
const IN_CONTENT = /charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^"'\t\n\f\r ;][^\t\n\f\r ;]*))?/i;

/** The encoding of the first meta element that names a known one, in lower case. */
export function metaEncodingOf(bytes: Uint8Array): string | null {
  let encoding: string | null = null;
  const take = scan(
    { decode: asItIs, isXml: false },
    {
      onTag(_, attributes) {
        encoding ??= namedBy(attributes);
      },
      onTitle() {},
    },
  );
  // The page is read in growing pieces, because few pages need to be read far.
  const end = Math.min(bytes.length, CHARSET_LATE_BYTES);
  for (let from = 0, to = FIRST_PIECE_BYTES; from < end && encoding === null; from = to, to *= 2) {
    if (from === CHARSET_USUAL_BYTES && !WORD.test(latin1(bytes.subarray(0, end)))) break;
    take(latin1(bytes.subarray(from, Math.min(to, end))), false);
  }
  return encoding;
}

/** If an element has a `charset`, its `content` does not count: browsers do the same. */
function namedBy(attributes: Attributes): string | null {
  const charset = attributes.value('charset');
  if (charset !== null) return encodingBy(charset);
  if (attributes.value('http-equiv')?.toLowerCase() !== 'content-type') return null;
  const match = IN_CONTENT.exec(attributes.value('content') ?? '');
  return encodingBy(match?.[1] ?? match?.[2] ?? match?.[3] ?? '');
}

/**
 * The encoding for a label. A readable meta element cannot be in UTF-16, and x-user-defined is for scripts only; the
 * standard replaces both.
 */
function encodingBy(label: string): string | null {
  const name = encodingNamed(label);
  if (name === undefined) return null;
  if (name.startsWith('utf-16')) return 'utf-8';
  return name === 'x-user-defined' ? 'windows-1252' : name;
}
