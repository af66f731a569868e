// Inputs 1 to 24: what is wrong on the way, before there is a page to read.

import { systemClock } from '../../../src/base/clock.ts';
import {
  CHUNKED,
  closing,
  done,
  failed,
  type HostileInput,
  HTML,
  OK,
  page,
  pouring,
  resetting,
  silence,
  type Told,
} from '../hostile-input.ts';

const group = 'host';
const LINE = Buffer.from('<p>A page without an end.</p>\n'.repeat(1_000));
/** A try and a retry, and for each a request on a connection that may have been closed meanwhile. */
const TRIED: Told['asks'] = [2, 4];
const cutByPeer = { status: 200, truncated: 'disconnect', body: 'hello' } as const;
/** Such a response costs its connection, since another reader may find another end. */
const dropped = { isDropped: true } as const;

export const TRANSPORT: readonly HostileInput[] = [
  {
    number: '1a',
    what: 'a reset before the status',
    group,
    serves: { '/hostile': resetting('') },
    becomes: { '/hostile': failed('reset', { asks: TRIED }) },
  },
  {
    number: '2',
    what: 'a reset in the body',
    group,
    serves: { '/hostile': resetting(`${HTML}Content-Length: 9\r\n\r\nhello`) },
    becomes: { '/hostile': failed('disconnect', { ...cutByPeer, asks: [2, 2] }) },
  },
  {
    number: '3',
    what: 'a server that accepts and never answers',
    group,
    serves: { '/hostile': silence },
    becomes: { '/hostile': failed('first-byte-timeout', { asks: TRIED }) },
  },
  {
    number: '4',
    what: 'a few bytes now and then, for ever',
    group,
    serves: {
      '/hostile': (peer) => {
        peer.write(`${HTML}\r\n`);
        const drip = systemClock.every(200, () => peer.write('x'));
        peer.on('close', () => drip.cancel());
      },
    },
    becomes: { '/hostile': done(200, { truncated: 'time', detail: 'fewer than 100 bytes a second' }) },
  },
  {
    number: '5',
    what: 'an endless body',
    group,
    serves: { '/hostile': pouring(`${HTML}\r\n`, LINE) },
    becomes: { '/hostile': done(200, { truncated: 'length' }) },
  },
  {
    number: '6',
    what: 'a body shorter than its Content-Length',
    group,
    serves: { '/hostile': closing(`${HTML}Content-Length: 9\r\n\r\nhello`) },
    becomes: { '/hostile': failed('disconnect', { ...cutByPeer, asks: [2, 2] }) },
  },
  {
    number: '7',
    what: 'a body longer than its Content-Length',
    group,
    serves: { '/hostile': `${HTML}Content-Length: 21\r\n\r\n<title>right</title>..<title>wrong</title>` },
    becomes: { '/hostile': done(200, { title: 'right', detail: 'more bytes came behind its end', ...dropped }) },
  },
  {
    number: '8a',
    what: 'two Content-Lengths that differ',
    group,
    serves: { '/hostile': `${HTML}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello` },
    becomes: { '/hostile': failed('http-malformed', { detail: 'two lengths, 5 and 6', ...dropped }) },
  },
  {
    number: '9a',
    what: 'a Content-Length beside chunks',
    group,
    serves: {
      '/hostile': `${HTML}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n<title>right</title>\r\n0\r\n\r\n`,
    },
    becomes: {
      '/hostile': done(200, { title: 'right', detail: 'it has a Content-Length and chunks', ...dropped }),
    },
  },
  {
    number: '10a',
    what: 'a chunk size that is none',
    group,
    serves: { '/hostile': `${CHUNKED}5\r\nhello\r\nzz\r\n` },
    becomes: { '/hostile': failed('http-malformed', { ...cutByPeer, ...dropped }) },
  },
  {
    number: '11',
    what: 'no last chunk',
    group,
    serves: { '/hostile': closing(`${CHUNKED}5\r\nhello\r\n`) },
    becomes: { '/hostile': failed('disconnect', { ...cutByPeer, asks: [2, 2] }) },
  },
  {
    number: '12a',
    what: 'trailers without end',
    group,
    serves: { '/hostile': pouring(`${CHUNKED}5\r\nhello\r\n0\r\n`, Buffer.from('X: 1\r\n'.repeat(1_000))) },
    becomes: { '/hostile': done(200, { detail: 'its trailer has more than 16384 bytes', ...dropped }) },
  },
  {
    number: '13',
    what: '100,000 headers',
    group,
    serves: { '/hostile': `${OK}${'a:\r\n'.repeat(100_000)}\r\n` },
    becomes: { '/hostile': failed('http-header-size') },
  },
  {
    number: '14a',
    what: 'a header of 1 MB',
    group,
    serves: { '/hostile': `${OK}X: ${'x'.repeat(1_000_000)}\r\n\r\n` },
    becomes: { '/hostile': failed('http-header-size') },
  },
  {
    number: '14b',
    what: 'a header that goes on over 41,000 lines',
    group,
    serves: { '/hostile': page('<title>right</title>', `X: a\r\n${' x\r\n'.repeat(41_000)}`) },
    becomes: { '/hostile': done(200, { title: 'right' }) },
  },
  {
    number: '15',
    what: 'a NUL in a header',
    group,
    serves: { '/hostile': page('<title>right</title>', 'X: a\0b\r\n') },
    becomes: { '/hostile': done(200, { title: 'right', detail: 'its header has control characters', ...dropped }) },
  },
  {
    number: '16',
    what: 'a header named `__proto__`',
    group,
    serves: { '/hostile': page('<title>right</title>', '__proto__: x\r\nconstructor: y\r\n') },
    becomes: { '/hostile': done(200, { title: 'right' }) },
  },
  {
    number: '17a',
    what: 'HTTP/0.9',
    group,
    serves: { '/hostile': '<html>hello</html>\r\n\r\n' },
    becomes: { '/hostile': failed('http-malformed', dropped) },
  },
  {
    number: '17b',
    what: 'the banner of an SSH server',
    group,
    serves: { '/hostile': 'SSH-2.0-OpenSSH_9.6\r\n' },
    becomes: { '/hostile': failed('http-malformed', dropped) },
  },
  {
    number: '18a',
    what: 'a flood of interim responses',
    group,
    serves: { '/hostile': 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000) },
    becomes: { '/hostile': failed('http-malformed', dropped) },
  },
  {
    number: '19a',
    what: 'a 204 with a body',
    group,
    serves: { '/hostile': 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello' },
    becomes: { '/hostile': done(204, { detail: 'more bytes came behind its end', body: '', ...dropped }) },
  },
  {
    number: '19b',
    what: 'a 304 with a body',
    group,
    serves: { '/hostile': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello' },
    becomes: { '/hostile': done(304, { detail: 'more bytes came behind its end', body: '', ...dropped }) },
  },
];
