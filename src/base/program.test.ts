import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programAsCalled } from './program.ts';

test('programAsCalled: as the user can type it again', () => {
  const table: readonly [script: string | undefined, name: string][] = [
    [undefined, 'gossamer'],
    ["'gossamer'", 'npx gossamer'],
    ['"gossamer"', 'npx gossamer'],
    ['gossamer crawl example.com -q', 'npx gossamer'],
    ['node --test "src/**/*.test.ts"', 'gossamer'],
    ['gossamers', 'gossamer'],
    ['make && gossamer crawl example.com', 'gossamer'],
  ];
  for (const [script, name] of table)
    assert.equal(programAsCalled({ npm_lifecycle_script: script }), name, `${script}`);
});
