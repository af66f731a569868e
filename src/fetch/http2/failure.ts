// Translates the ends of sessions and of streams of HTTP/2 into the crawl's own error codes.

import { HTTP2_LONG_HEAD_BYTES } from '../../base/limits.ts';
import { type Failure, failureOf } from '../failure.ts';

/** RFC 9113, section 7. */
export const ERROR = { none: 0, refusedStream: 7, cancel: 8, enhanceYourCalm: 11, http11Required: 13 } as const;

const NAMES = [
  ...['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED'],
  ...['FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM'],
  ...['INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED'],
];
/** One side has broken the protocol: the next try would get the same. */
const MALFORMED: ReadonlySet<number> = new Set([1, 3, 6, 9]);
/** nghttp2: more CONTINUATION frames after a HEADERS frame than it reads. */
const TOO_MANY_CONTINUATIONS = -905;

/** Why a stream was reset while its session lives on. `fieldBytes` came for it and made no complete head. */
export function failureOfStream(code: number, fieldBytes: number): Failure {
  const detail = `the stream was reset: ${NAMES[code] ?? code}`;
  // Node resets a stream with this code where its fields are larger than it keeps.
  if (code === ERROR.enhanceYourCalm && fieldBytes > HTTP2_LONG_HEAD_BYTES) {
    return { code: 'http-header-size', detail: 'no HTTP response: its fields are larger than is kept' };
  }
  return { code: MALFORMED.has(code) ? 'http-malformed' : 'reset', detail };
}

/** Why a session ended; null if the server simply closed it. */
export function failureOfSession(error: Error | null): Failure {
  if (error === null) return { code: 'reset', detail: 'the connection was closed before a response' };
  const { code = '', errno } = error as NodeJS.ErrnoException;
  // In TLS 1.3 a server refuses us when the session has begun.
  if (code.startsWith('ERR_SSL_')) return failureOf(error, 'response', '');
  const detail = `HTTP/2: ${error.message}`;
  if (errno === TOO_MANY_CONTINUATIONS) return { code: 'http-header-size', detail };
  // A code of the server's GOAWAY is no fault that was found here.
  const isMalformed = code.startsWith('ERR_HTTP2') && code !== 'ERR_HTTP2_SESSION_ERROR' && errno !== undefined;
  return { code: isMalformed ? 'http-malformed' : 'reset', detail };
}
