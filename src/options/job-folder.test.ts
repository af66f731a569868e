import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobFolder } from './job-folder.ts';
import { resolveOptions } from './options.ts';

test('jobFolder: as given, or by the host and port of the first root', () => {
  const folder = (roots: string | string[], output?: string) => jobFolder(resolveOptions({ roots, output }));
  assert.equal(folder('example.com', 'my job'), 'my job');
  assert.equal(folder(['example.com/a', 'other.example']), 'crawls/example.com');
  assert.equal(folder('localhost:8080'), 'crawls/localhost_8080');
  assert.equal(folder('https://example.com:443'), 'crawls/example.com');
  assert.equal(folder('http://[::1]:80/'), 'crawls/--1');
});
