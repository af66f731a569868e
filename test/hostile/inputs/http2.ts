// Input 20: what a server may do to one stream of HTTP/2, and to the connection that it shares with others.

import * as h2 from '../../helpers/http2-frames.ts';
import type { Http2Peer } from '../../helpers/http2-server.ts';
import { done, failed, type HostileInput, page, type Served, type Told } from '../hostile-input.ts';

const WELL = page('<title>well</title>');

/** Sends the frames for the number of the stream, or the page where there are none. */
const framed =
  (framesOf: (stream: number) => Uint8Array | null): Served =>
  (peer) => {
    const { stream } = peer as Http2Peer;
    const frames = framesOf(stream.id!);
    if (frames === null) peer.write(WELL);
    else (peer as Http2Peer).raw(frames);
  };

const about = (letter: string, what: string, served: Served, told: Told): HostileInput => ({
  ...{ number: `20${letter}`, what, group: 'host', tls: 'good', http2: true },
  serves: { '/hostile': served },
  becomes: { '/hostile': told },
});

const many = (frame: Buffer, times: number): Buffer => Buffer.concat(Array.from({ length: times }, () => frame));
const reset = (stream: number, code: number): Buffer => h2.frame(h2.RST_STREAM, 0, stream, h2.numbers(code));
const started = (stream: number): Buffer =>
  Buffer.concat([h2.head(stream, h2.OK), h2.frame(h2.DATA, 0, stream, Buffer.from('hel'))]);

export const HTTP2: readonly HostileInput[] = [
  about(
    'a',
    'HTTP/2: a GOAWAY that leaves the request out; the next connection answers',
    framed((stream) => (stream === 1 ? null : h2.frame(h2.GOAWAY, 0, 0, h2.numbers(stream - 2, 0)))),
    done(200, { title: 'well', asks: [1, 2] }),
  ),
  about(
    'b',
    'HTTP/2: a stream that is refused; the next one is answered',
    framed((stream) => (stream % 4 === 3 ? reset(stream, 7) : null)),
    done(200, { title: 'well', asks: [1, 2] }),
  ),
  about(
    'c',
    'HTTP/2: a reset within the body',
    framed((stream) => Buffer.concat([started(stream), reset(stream, 2)])),
    failed('disconnect', { status: 200, truncated: 'disconnect', asks: [2, 2] }),
  ),
  about(
    'd',
    'HTTP/2: a flood of CONTINUATION',
    framed((stream) =>
      Buffer.concat([
        h2.frame(h2.HEADERS, 0, stream, h2.OK),
        many(h2.frame(h2.CONTINUATION, 0, stream, h2.field('x', 'y')), 2_000),
      ]),
    ),
    failed('http-header-size'),
  ),
  about(
    'e',
    'HTTP/2: 100,000 fields',
    framed((stream) => h2.head(stream, Buffer.concat([h2.OK, many(h2.field('x', 'y'), 100_000)]), true)),
    failed('http-header-size'),
  ),
  about(
    'f',
    'HTTP/2: a flood of SETTINGS',
    framed(() => many(h2.frame(h2.SETTINGS, 0, 0), 20_000)),
    failed('http-malformed'),
  ),
  about(
    'g',
    'HTTP/2: a flood of interim responses',
    framed((stream) => many(h2.head(stream, Buffer.from([8, 3, 49, 48, 51])), 1_000)),
    failed('http-malformed'),
  ),
  about(
    'h',
    'HTTP/2: a reset without an error within the body',
    framed((stream) => Buffer.concat([started(stream), reset(stream, 0)])),
    failed('disconnect', { status: 200, truncated: 'disconnect', asks: [2, 2] }),
  ),
];
