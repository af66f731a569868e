// The encoding that a meta element names. In the first kilobyte nearly all of them stand; a later one counts too, as if the page were
// read again (HTML standard, section 13.2.3.4, "change the encoding"). What looks like one in a script, a comment or a title is none.

import { labelToName } from '@exodus/bytes/encoding.js';
import { CHARSET_LATE_BYTES, CHARSET_USUAL_BYTES } from '../../base/limits.ts';
import { latin1 } from '../latin1.ts';
import { type Attributes, asItIs } from './attributes.ts';
import { createPieceScanner } from './html.ts';

const scan = createPieceScanner({ meta: ['charset', 'http-equiv', 'content'] });
const FIRST_PIECE_BYTES = CHARSET_USUAL_BYTES / 4;
/** What every such element has; to look for it takes a fifth of the time that reading takes. */
const WORD = /charset/i;
/** As "extracting a character encoding from a meta element" has it (HTML standard, section 2.4.4). */
const IN_CONTENT = /charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^"'\t\n\f\r ;][^\t\n\f\r ;]*))?/i;

/** The encoding that the first meta element names that names a known one; in lower case. */
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
  // In pieces that grow: few pages are read far.
  const end = Math.min(bytes.length, CHARSET_LATE_BYTES);
  for (let from = 0, to = FIRST_PIECE_BYTES; from < end && encoding === null; from = to, to *= 2) {
    if (from === CHARSET_USUAL_BYTES && !WORD.test(latin1(bytes.subarray(0, end)))) break;
    take(latin1(bytes.subarray(from, Math.min(to, end))), false);
  }
  return encoding;
}

/** An element that has a `charset` says nothing by its `content`, as browsers have it. */
function namedBy(attributes: Attributes): string | null {
  const charset = attributes.value('charset');
  if (charset !== null) return encodingBy(charset);
  if (attributes.value('http-equiv')?.toLowerCase() !== 'content-type') return null;
  const match = IN_CONTENT.exec(attributes.value('content') ?? '');
  return encodingBy(match?.[1] ?? match?.[2] ?? match?.[3] ?? '');
}

/** A meta element that could be read is not in UTF-16, and x-user-defined is for scripts only: what the standard makes of them. */
function encodingBy(label: string): string | null {
  const name = labelToName(label)?.toLowerCase() ?? null;
  if (name === null) return null;
  if (name.startsWith('utf-16')) return 'utf-8';
  return name === 'x-user-defined' ? 'windows-1252' : name;
}
