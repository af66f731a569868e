// How a stream ended. Node ends one that the server reset without an error as if all of it had come (RFC 9113, section
// 8.1, allows such a reset only behind a whole response). A whole one is told to end before it is closed. Node may tell
// it once more when it closes, so the first time counts.

import type { ClientHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';

const HAS_END = Symbol('has an end');
type Marked = ClientHttp2Stream & { [HAS_END]?: boolean };

/** The same stream; how it ends will be known. */
export function watched(own: ClientHttp2Stream): ClientHttp2Stream {
  own.push = pushed;
  return own;
}

/** Whether the server said that what came is all. */
export function hasEnd(own: ClientHttp2Stream): boolean {
  return (own as Marked)[HAS_END] !== false;
}

function pushed(this: Marked, chunk: unknown, encoding?: BufferEncoding): boolean {
  if (chunk === null) this[HAS_END] ??= !this.closed;
  return Readable.prototype.push.call(this, chunk, encoding);
}
