// Jobs that a stranger made: their archives and databases say what no crawl writes. Every command that reads one ends soon, in a sentence, and touches nothing outside.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { gossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { makeLinks, pagesAnswer, serveSite } from '../helpers/site.ts';

const newFolder = jobFolders('crafted');
const noPipes = process.platform === 'win32' && 'Windows has no pipes with a name';

/** A job of a few pages. */
const made = await (async () => {
  const folder = newFolder();
  await using site = await serveSite(pagesAnswer(makeLinks(1, 6, 2)));
  await crawledTo(folder, site.root);
  return folder;
})();

/** A copy of it, with this done to its database. */
function crafted(change: (db: DatabaseSync) => void = () => {}): string {
  const job = newFolder();
  cpSync(made, job, { recursive: true });
  const db = new DatabaseSync(join(job, 'gossamer.db'));
  change(db);
  db.close();
  return job;
}

function archiveOf(job: string): string {
  return readdirSync(join(job, 'archive')).find((name) => name.includes('.warc'))!;
}

test('verify: what is no file in the archive is named and never opened', { skip: noPipes }, async () => {
  const job = crafted();
  const names = ['link', 'pipe', 'folder'].map((_, at) =>
    archiveOf(job).replace(/-\d{5}(?=\.warc)/, `-0000${at + 7}`),
  ) as [string, string, string];
  const outside = join(newFolder(), 'outside');
  mkdirSync(join(outside, '..'));
  writeFileSync(outside, readFileSync(join(job, 'archive', archiveOf(job))));
  const [link, pipe, folder] = names.map((name) => join(job, 'archive', name)) as [string, string, string];
  symlinkSync(outside, link);
  execFileSync('mkfifo', [pipe]);
  mkdirSync(folder);
  const run = await gossamer(['verify', job]);
  assert.equal(run.code, 1, run.stderr);
  for (const name of names) assert.ok(run.stdout.includes(`archive/${name} at 0: it is no file`), run.stdout);
  for (const args of [
    ['export', 'mirror', job, '-o', newFolder()],
    ['status', job],
    ['report', job],
  ]) {
    const other = await gossamer(args);
    assert.equal(other.code, 0, other.stderr);
  }
});

test('exports and verify: a record outside of the archive is refused, and the rest is there', async () => {
  for (const place of ['../outside/x.warc.gz', '/etc/passwd']) {
    const job = crafted((db) => void db.prepare("UPDATE words SET word = ? WHERE word LIKE 'archive/%'").run(place));
    const run = await gossamer(['export', 'mirror', job, '-o', newFolder()]);
    assert.equal(run.code, 1, place);
    assert.ok(run.stderr.includes('is no place in the archive'), run.stderr);
    const verdict = await gossamer(['verify', job]);
    assert.equal(verdict.code, 1, place);
    assert.match(verdict.stdout, /the row points to no record/);
    assert.doesNotMatch(run.stderr + verdict.stderr, /^\s+at /m);
  }
});
