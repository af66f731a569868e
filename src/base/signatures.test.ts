import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isMedia, signatureOf } from './signatures.ts';

test('signatureOf: what is told by its first bytes, and what a page may begin with', () => {
  const cases: readonly (readonly [bytes: string, name: string | null])[] = [
    ['\x89PNG\r\n\x1a\n\0\0', 'a PNG image'],
    ['GIF89a', 'a GIF image'],
    ['\xff\xd8\xff\xe0', 'a JPEG image'],
    ['RIFF\x01\0\0\0WEBPVP8 ', 'a WebP image'],
    ['%PDF-1.4\n', 'a PDF'],
    ['PK\x03\x04', 'a ZIP archive'],
    [gzipSync('<a>').toString('latin1'), 'a gzip archive'],
    ['\0\0\0\x18ftypmp42', 'an MP4 video'],
    ['', null],
    ['BMW and <a href=/x>', null],
    ['PNG <a>', null],
    ['\xff\xfe<\0a\0', null],
    ['<p>%PDF-1.4', null],
    ['RIFF is a word', null],
  ];
  for (const [bytes, name] of cases) assert.equal(signatureOf(Buffer.from(bytes, 'latin1')), name, bytes);
});

test('isMedia: what is looked at or listened to, and nothing that may hold a text', () => {
  for (const bytes of ['\x89PNG\r\n\x1a\n', 'GIF89a', '%PDF-1.4', '\0\0\0\x18ftypmp42', '\0\0\x01\0'])
    assert.equal(isMedia(Buffer.from(bytes, 'latin1')), true, bytes);
  for (const bytes of ['PK\x03\x04', 'Rar!\x1a\x07\0', '\x1f\x8b\x08', '', 'text'])
    assert.equal(isMedia(Buffer.from(bytes, 'latin1')), false, bytes);
});
