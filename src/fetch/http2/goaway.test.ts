// What GOAWAY ends, and that nothing else is lost by it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_OPENSSL } from '../../../test/helpers/certificates.ts';
import * as h2 from '../../../test/helpers/http2-frames.ts';
import { type Asked, certificate, errorsOf, told } from '../../../test/helpers/http2-told.ts';
import { ask, bodyText, fetcherFor } from '../../../test/helpers/raw-server.ts';

const skip = NO_OPENSSL;
const goaway = (last: number, code: number): Buffer => h2.frame(h2.GOAWAY, 0, 0, h2.numbers(last, code));

test('http2: after GOAWAY, streams that it names as processed end, and the others go to a new connection', {
  skip,
}, async () => {
  const seen = await told((peer, stream) => {
    if (peer.connection > 1) return h2.answer(stream, 'second');
    if (stream < 5) return null;
    return Buffer.concat([goaway(3, 0), h2.answer(1, 'first'), h2.answer(3, 'first')]);
  }, 3);
  assert.deepEqual(
    [errorsOf(seen), seen.opened],
    [
      ['first', 'first', 'second'],
      [3, 1],
    ],
  );
});

test('http2: GOAWAY with an error loses nothing either: what it did not process costs no try', { skip }, async () => {
  const seen = await told((peer, stream) => {
    if (peer.connection < 4) return goaway(0, 11);
    return h2.answer(stream, 'fourth');
  });
  assert.deepEqual([errorsOf(seen), seen.opened], [['fourth'], [1, 1, 1, 1]]);
});

/** Answers so many streams of each connection, and says with the last of them that it takes no more. */
const tired =
  (most: (connection: number) => number, code = 0): Asked =>
  (peer, stream) => {
    const last = 2 * most(peer.connection) - 1;
    if (stream > last) return null;
    const whole = h2.answer(stream, 'well');
    if (stream < last) return whole;
    // An error ends the session at once.
    return Buffer.concat(code === 0 ? [goaway(last, code), whole] : [whole, goaway(last, code)]);
  };

test('http2: a server that takes few streams of each connection gets no more of them, and nothing is told', {
  skip,
}, async () => {
  const seen = await told(
    tired(() => 3),
    16,
  );
  assert.deepEqual([new Set(errorsOf(seen)), seen.opened], [new Set(['well']), [16, 3, 3, 3, 3, 1]]);
  const annoyed = await told(
    tired(() => 3, 11),
    16,
  );
  assert.deepEqual(new Set(errorsOf(annoyed)), new Set(['well']));
});

test('http2: one that took few streams of one connection, because it was restarted, soon gets many again', {
  skip,
}, async () => {
  const asked = tired((connection) => (connection === 1 ? 2 : 1000));
  await using server = await h2.framesServer(certificate, (peer, stream) => {
    const bytes = asked(peer, stream);
    if (bytes !== null) peer.socket.write(bytes);
  });
  await using fetcher = fetcherFor({ insecure: true, http2: true });
  for (const requests of [4, 4, 8, 5]) {
    const outcomes = await Promise.all(Array.from({ length: requests }, () => ask(fetcher, server.url)));
    assert.deepEqual(new Set(outcomes.map(bodyText)), new Set(['well']));
  }
  assert.deepEqual(server.opened, [4, 2, 4, 8, 5]);
});

test('http2: one that takes a single stream of each connection answers all, and one that takes none is told of', {
  skip,
}, async () => {
  const single = await told(
    tired(() => 1),
    6,
  );
  assert.deepEqual([new Set(errorsOf(single)), single.opened], [new Set(['well']), [6, 1, 1, 1, 1, 1]]);
  const none = await told(() => goaway(0, 0), 2);
  assert.deepEqual(errorsOf(none), ['not-processed', 'not-processed']);
});

test('http2: a GOAWAY that follows an answer, and the end of the connection, do not spoil it', { skip }, async () => {
  for (const code of [0, 1]) {
    const seen = await told((peer, stream) => {
      peer.socket.end(Buffer.concat([h2.answer(stream, 'whole'), goaway(stream, code)]));
      return null;
    });
    assert.deepEqual(errorsOf(seen), ['whole']);
  }
});
