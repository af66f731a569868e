// How a stream ended. Node ends one that the server reset without an error as if all of it had come (RFC 9113, section
// 8.1, allows such a reset only behind a whole response). A whole one is told to end before it is closed.

import type { ClientHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';

const HAS_NO_END = Symbol('has no end');
type Marked = ClientHttp2Stream & { [HAS_NO_END]?: true };

/** The same stream; how it ends will be known. */
export function watched(own: ClientHttp2Stream): ClientHttp2Stream {
  own.push = pushed;
  return own;
}

/** Whether the server said that what came is all. */
export function hasEnd(own: ClientHttp2Stream): boolean {
  return (own as Marked)[HAS_NO_END] !== true;
}

function pushed(this: Marked, chunk: unknown, encoding?: BufferEncoding): boolean {
  if (chunk === null && this.closed) this[HAS_NO_END] = true;
  return Readable.prototype.push.call(this, chunk, encoding);
}
