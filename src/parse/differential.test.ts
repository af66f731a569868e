// The parser against parse5 on the pages of real documentations: all links, each as often as it stands there. Pages
// that are made to be awkward are in test/fuzz.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs';
import { test } from 'node:test';
import { linksByParse5 } from '../../test/helpers/parse5-links.ts';
import { runSeed, seededRandom } from '../../test/helpers/random.ts';
import { joinUrl, prepareBase } from '../url/join.ts';
import { createParser } from './parse.ts';

const DOCUMENTATIONS: Readonly<Record<string, string>> = {
  openjdk: '/usr/share/doc/openjdk-17-jre-headless/api',
  postgresql: '/usr/share/doc/postgresql-doc-15/html',
  rust: '/usr/share/doc/rust-doc/html',
};
const FILES_MAX = 800;
const FILE_BYTES_MAX = 1_000_000;
const ROOT = 'https://docs.example/';

const parse = createParser(
  (page) => {
    const base = prepareBase(page);
    return base === null ? null : (href) => joinUrl(href, base);
  },
  { requisites: true },
);

for (const [name, folder] of Object.entries(DOCUMENTATIONS)) {
  const skip = existsSync(folder) ? false : `${folder} is not installed`;
  const seed = runSeed(`links of ${name}`);
  test(`parse: finds in the ${name} documentation the links that parse5 finds, as often`, { skip }, async (context) => {
    const home = realpathSync(folder);
    const files = sampled(globSync('**/*.html', { cwd: home }).sort(), seed);
    let count = 0;
    for (const file of files) {
      const bytes = readFileSync(`${home}/${file}`);
      if (bytes.length > FILE_BYTES_MAX) continue;
      const page = ROOT + file;
      const { links } = await parse(bytes, { url: page, contentType: 'text/html; charset=utf-8' });
      const ours = links.map(({ element, url }) => `${element} ${url}`).sort();
      assert.deepEqual(ours, linksByParse5(bytes.toString(), page).sort(), `${file} (seed ${seed})`);
      count += ours.length;
    }
    context.diagnostic(`${files.length} files, ${count} links`);
    assert.ok(count > files.length);
  });
}

function sampled(files: readonly string[], seed: number): string[] {
  const random = seededRandom(seed);
  const left = [...files];
  const taken: string[] = [];
  while (taken.length < FILES_MAX && left.length > 0) {
    taken.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return taken;
}
