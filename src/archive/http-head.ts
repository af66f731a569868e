// Parses the head of a response as a record holds it: raw bytes from the network, which servers write in many ways.

import type { RawHeaders } from '../base/contracts.ts';
import { RESPONSE_HEAD_BYTES_MAX } from '../base/limits.ts';

export interface Head {
  /** 0 if there is no status line. */
  readonly status: number;
  readonly headers: RawHeaders;
  /** The offset at which the body begins. */
  readonly end: number;
}

/** Reads the head that precedes a body. Never throws. */
export function readHead(block: Buffer): Head {
  const text = block.toString('latin1', 0, Math.min(block.length, 2 * RESPONSE_HEAD_BYTES_MAX));
  const blank = /\r?\n\r?\n/.exec(text);
  const status = Number(/^HTTP\/\d(?:\.\d)?[ \t]+(\d{3})/i.exec(text)?.[1] ?? 0);
  if (status === 0) return { status, headers: [], end: 0 };
  const end = blank === null ? block.length : blank.index + blank[0].length;
  const headers: string[] = [];
  for (const line of text.slice(0, blank?.index).split(/\r?\n/).slice(1)) {
    const colon = line.indexOf(':');
    // A line that begins with white space continues the line before (RFC 9112, section 5.2).
    if (/^[ \t]/.test(line) && headers.length > 0) headers[headers.length - 1] += ` ${line.trim()}`;
    else if (colon > 0) headers.push(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return { status, headers, end };
}
