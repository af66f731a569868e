// The guides tell the truth: their tables are those of the code, and their examples import what there is.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { optionsMarkdown } from '../src/cli/flags.ts';
import { referenceMarkdown } from '../src/cli/reference.ts';
import * as library from '../src/index.ts';

const page = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('docs/guide/options.md: its tables are those of src/options/options.ts', () => {
  const text = page('docs/guide/options.md');
  const begin = text.indexOf('-->', text.indexOf('<!-- options:')) + 3;
  const end = text.indexOf('<!-- end of options -->');
  assert.equal(text.slice(begin, end).trim(), optionsMarkdown().trim());
});

test('guides: what their examples import is exported', () => {
  for (const path of ['docs/guide/library.md', 'docs/guide/options.md'])
    for (const [, names] of page(path).matchAll(/import \{ ([^}]+) \} from 'gossamer'/g))
      for (const name of names!.split(',')) assert.ok(name.trim() in library, name);
});

test('guides: commands stand as they are typed in a clone, where only npx finds them', () => {
  const guides = readdirSync(new URL('../docs/guide', import.meta.url)).filter((name) => name.endsWith('.md'));
  // A block with `<url>` or `[job]` explains commands.
  for (const path of ['README.md', 'SECURITY.md', ...guides.map((name) => `docs/guide/${name}`)])
    for (const [block] of page(path).matchAll(/```[\s\S]*?```/g))
      if (!/gossamer [a-z]+ [<[]/.test(block))
        assert.doesNotMatch(block, /^(?:\$ )?gossamer [a-z]/m, `${path}: it begins with npx`);
});

test('docs/guide/reference.md: its tables are those of the code', () => {
  assert.equal(page('docs/guide/reference.md'), referenceMarkdown());
});
