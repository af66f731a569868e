// What pages that are nothing but markup may cost the commands that read them as trees.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MARKDOWN_PAGE_BYTES_MAX } from '../../src/base/limits.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { serveSite } from '../helpers/site.ts';
import { watchedIn, watching } from './watched-run.ts';

const MB = 1024 * 1024;
const PEAK_BYTES_MAX = 300 * MB;

/** Each begins with the same heading. */
const PAGES = {
  lines: 'x<br>',
  cells: '<td>x',
  items: '<li>x',
  lists: '<ul><li>x',
  paragraphs: '<p><i>',
  headings: '<h1>a',
};

const newJob = jobFolders('trees');
const html = { 'Content-Type': 'text/html; charset=utf-8' };

test('export markdown, index: pages of nothing but tags take no more memory, and say that they are cut', {
  skip: platform() !== 'linux' && 'the peak is read from /proc',
}, async () => {
  await using site = await serveSite((path, response) => {
    const tags = PAGES[path.slice(1) as keyof typeof PAGES];
    const links = Object.keys(PAGES).map((name) => `<a href="/${name}">${name}</a>`);
    const page = tags === undefined ? links.join('') : tags.repeat(MARKDOWN_PAGE_BYTES_MAX / tags.length - 10);
    response.writeHead(200, html).end(`<h1>A page</h1>${page}`);
  });
  const job = newJob();
  await crawledTo(job, site.root);
  const output = join(job, 'markdown');
  for (const words of [
    ['export', 'markdown', job, '-o', output],
    ['index', job],
  ]) {
    const { code, stderr } = await gossamer(words, watching(job));
    assert.equal(code, 0, stderr);
    const { peakBytes } = watchedIn(job);
    assert.ok(peakBytes <= PEAK_BYTES_MAX, `${words[0]}: ${Math.round(peakBytes / MB)} MB`);
  }
  for (const file of globSync(`${output}/**/*.md`)) {
    const [, head, body] = readFileSync(file, 'utf8').split(/^---\n/m);
    const name = Object.keys(PAGES).find((each) => file.endsWith(`${each}.md`));
    assert.equal(/^truncated: "length"$/m.test(head!), name !== undefined, `${file}: ${head}`);
    assert.match(body!, /^\n# A page\n/);
  }
});
