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
} from '../hostile-input.ts';

const group = 'host';
const LINE = Buffer.from('<p>A page without an end.</p>\n'.repeat(1_000));
const cutByPeer = { status: 200, truncated: 'disconnect' } as const;

export const TRANSPORT: readonly HostileInput[] = [
  {
    number: '1',
    what: 'a reset before the status',
    group,
    serves: { '/hostile': resetting('') },
    becomes: { '/hostile': failed('reset') },
  },
  {
    number: '2',
    what: 'a reset in the body',
    group,
    serves: { '/hostile': resetting(`${HTML}Content-Length: 9\r\n\r\nhello`) },
    becomes: { '/hostile': failed('disconnect', cutByPeer) },
  },
  {
    number: '3',
    what: 'a server that accepts and never answers',
    group,
    serves: { '/hostile': silence },
    becomes: { '/hostile': failed('first-byte-timeout') },
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
    becomes: { '/hostile': failed('disconnect', cutByPeer) },
  },
  {
    number: '7',
    what: 'a body longer than its Content-Length',
    group,
    serves: { '/hostile': `${HTML}Content-Length: 21\r\n\r\n<title>right</title>..<title>wrong</title>` },
    becomes: { '/hostile': done(200, { title: 'right' }) },
  },
  {
    number: '8',
    what: 'two Content-Lengths that differ',
    group,
    serves: { '/hostile': `${HTML}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello` },
    becomes: { '/hostile': failed('http-malformed') },
  },
  {
    number: '9',
    what: 'a Content-Length beside chunks',
    group,
    serves: {
      '/hostile': `${HTML}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n<title>right</title>\r\n0\r\n\r\n`,
    },
    becomes: { '/hostile': done(200, { title: 'right' }) },
  },
  {
    number: '10',
    what: 'a chunk size that is none',
    group,
    serves: { '/hostile': `${CHUNKED}5\r\nhello\r\nzz\r\n` },
    becomes: { '/hostile': failed('http-malformed', cutByPeer) },
  },
  {
    number: '11',
    what: 'no last chunk',
    group,
    serves: { '/hostile': closing(`${CHUNKED}5\r\nhello\r\n`) },
    becomes: { '/hostile': failed('disconnect', cutByPeer) },
  },
  {
    number: '12',
    what: 'trailers without end',
    group,
    serves: { '/hostile': pouring(`${CHUNKED}5\r\nhello\r\n0\r\n`, Buffer.from('X: 1\r\n'.repeat(1_000))) },
    becomes: { '/hostile': done() },
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
    becomes: { '/hostile': done(200, { title: 'right' }) },
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
    becomes: { '/hostile': failed('http-malformed') },
  },
  {
    number: '17b',
    what: 'the banner of an SSH server',
    group,
    serves: { '/hostile': 'SSH-2.0-OpenSSH_9.6\r\n' },
    becomes: { '/hostile': failed('http-malformed') },
  },
  {
    number: '18',
    what: 'a flood of interim responses',
    group,
    serves: { '/hostile': 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000) },
    becomes: { '/hostile': failed('http-malformed') },
  },
  {
    number: '19a',
    what: 'a 204 with a body',
    group,
    serves: { '/hostile': 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello' },
    becomes: { '/hostile': done(204) },
  },
  {
    number: '19b',
    what: 'a 304 with a body',
    group,
    serves: { '/hostile': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello' },
    becomes: { '/hostile': done(304) },
  },
];
