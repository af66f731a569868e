import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storedHead, withoutSecrets } from './warc-record.ts';

test('storedHead: a status line that readers do not know is one of HTTP/1.1', () => {
  const lines: readonly (readonly [came: string, kept: string])[] = [
    ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK'],
    ['HTTP/1.0 200 OK', 'HTTP/1.0 200 OK'],
    ['HTTP/1.2 200 OK', 'HTTP/1.1 200 OK'],
    ['hTTp/1.1 404', 'HTTP/1.1 404'],
    ['http/1.0 200 ok', 'HTTP/1.0 200 ok'],
    ['HTTP/2 200', 'HTTP/1.1 200'],
    ['HTTP/1.1 \t 200  Fine', 'HTTP/1.1 200  Fine'],
  ];
  for (const [came, kept] of lines) {
    const responseHead = `${came}\r\nhttp/1.2 5: x\r\n\r\n`;
    assert.equal(storedHead({ responseHead, bodyBytes: 0 }), `${kept}\r\nhttp/1.2 5: x\r\n\r\n`);
  }
});

test('withoutSecrets: the names stay, the rest of the request too', () => {
  const head =
    'GET /cookie:x HTTP/1.1\r\nCookie: a=b; c\r\nauthorization: Bearer x\r\nX-Key:y\r\nX-Cookie: z\r\ncookie: d: e\r\n\r\n';
  assert.equal(
    withoutSecrets(head, new Set(['cookie', 'authorization', 'x-key'])),
    'GET /cookie:x HTTP/1.1\r\nCookie: [redacted]\r\nauthorization: [redacted]\r\nX-Key:[redacted]\r\nX-Cookie: z\r\ncookie: [redacted]\r\n\r\n',
  );
});
