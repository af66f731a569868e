// How many streams a connection to an origin takes. Some servers end a connection after few of them (nginx after
// `keepalive_requests`), and what was sent beyond them must be sent again. So GOAWAY teaches the number. It may have
// come because the server was restarted, so a connection that had as many and no GOAWAY allows twice as many.

import { HTTP2_STREAMS_MAX } from '../../base/limits.ts';
import type { Refused } from '../connection.ts';
import type { Origin } from '../net/origins.ts';

/**
 * GOAWAY told a connection with `sent` streams which was the last that the server took: it refused those after it.
 * Returns `lastStream`.
 */
export function learnStreams(origin: Origin, lastStream: number, sent: number): number {
  const taken = Math.ceil(lastStream / 2);
  if (taken > 0 && taken < sent) origin.streamsMax = taken;
  return lastStream;
}

/** A connection with `sent` streams is over. */
export function forgetStreams(origin: Origin, lastStream: number, sent: number): void {
  const isToldOf = lastStream < Number.POSITIVE_INFINITY;
  if (!isToldOf && sent >= origin.streamsMax) origin.streamsMax = Math.min(HTTP2_STREAMS_MAX, 2 * origin.streamsMax);
}

/** What the server refused with this stream. `isEnded`: the connection is over. */
export function refusedOf(lastStream: number, stream = Number.MAX_VALUE, isEnded = false): Refused {
  if (lastStream > 0 && lastStream < stream) return 'rest';
  return isEnded || lastStream < Number.POSITIVE_INFINITY ? 'connection' : 'stream';
}
