// Jobs whose database, or a file of SQLite beside it, is no file: a pipe, a device, a folder or a link.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { made, newFolder, root } from '../helpers/crafted-jobs.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';

const noPipes = process.platform === 'win32' && 'Windows has no pipes with a name';

test('a job whose database is a pipe, a device or a folder is refused in a sentence', { skip: noPipes }, async () => {
  const kinds: readonly ((path: string) => void)[] = [
    (path) => execFileSync('mkfifo', [path]),
    (path) => symlinkSync('/dev/zero', path),
    (path) => mkdirSync(path),
  ];
  for (const make of kinds) {
    const job = newFolder();
    mkdirSync(job, { recursive: true });
    make(join(job, 'gossamer.db'));
    for (const words of [
      ['status', job],
      ['verify', job],
      ['crawl', root, '-o', job],
    ]) {
      const run = await gossamer(words);
      assert.equal(run.code, 2, run.stdout);
      assert.match(run.stderr, /gossamer\.db (?:cannot be read: it is not a regular file|is a link to "\/dev\/zero")/);
    }
  }
});

test('a job whose database has a pipe or a link beside it is refused, and the file outside stays', {
  skip: noPipes,
}, async () => {
  const outside = newFolder();
  writeFileSync(outside, 'precious');
  for (const end of ['-journal', '-wal', '-shm']) {
    for (const make of [
      (path: string) => execFileSync('mkfifo', [path]),
      (path: string) => symlinkSync(outside, path),
    ]) {
      const job = newFolder();
      cpSync(made, job, { recursive: true });
      rmSync(join(job, `gossamer.db${end}`), { force: true });
      make(join(job, `gossamer.db${end}`));
      const run = await severally([
        ['status', job],
        ['crawl', root, '-o', job],
      ]);
      assert.match(run.stderr, new RegExp(`: gossamer\\.db${end} beside it is not a regular file;`));
      assert.match(run.stderr, /^= status 2$/m, run.stderr);
      assert.match(run.stderr, /^= crawl 2$/m, run.stderr);
    }
  }
  assert.equal(readFileSync(outside, 'utf8'), 'precious');
});
