// The README tells the truth: its options are those of the table, its example is the library's.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { optionsMarkdown } from '../src/cli/flags.ts';
import { referenceMarkdown } from '../src/cli/reference.ts';
import * as library from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('README: its options are those of src/options/options.ts', () => {
  const begin = readme.indexOf('-->', readme.indexOf('<!-- options:')) + 3;
  const end = readme.indexOf('<!-- end of options -->');
  assert.equal(readme.slice(begin, end).trim(), optionsMarkdown().trim());
});

test('README: what its example imports is exported', () => {
  const names = [.../import \{ ([^}]+) \} from 'gossamer'/.exec(readme)![1]!.split(',')].map((name) => name.trim());
  for (const name of names) assert.ok(name in library, name);
});

test('docs/guide/reference.md: its tables are those of the code', () => {
  const page = readFileSync(new URL('../docs/guide/reference.md', import.meta.url), 'utf8');
  assert.equal(page, referenceMarkdown());
});
