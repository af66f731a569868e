import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { threadFile } from './thread-file.ts';

test('threadFile: in a checkout it is the source', () => {
  const file = threadFile('views/markdown/thread');
  assert.match(file.href, /\/src\/views\/markdown\/thread\.ts$/);
  assert.ok(existsSync(file));
});
