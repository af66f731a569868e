// Files that a user names and that are none, or have no end: each command ends, in words.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';

const home = jobFolders('named')();
mkdirSync(home);
const skip = platform() === 'win32' && 'there are no pipes with a name';

function named(name: string): string {
  return join(home, name);
}

if (skip === false) execFileSync('mkfifo', [named('pipe')]);
symlinkSync(home, named('folder'));
symlinkSync(named('nowhere'), named('dangling'));

const KINDS: Readonly<Record<string, RegExp>> = {
  pipe: /it is a named pipe, which might be waited for without an end: give it as <\(cat NAME\)/,
  folder: /it is a folder/,
  dangling: /there is no such file/,
};

for (const [kind, why] of Object.entries(KINDS)) {
  test(`links, robots, options that name files: a ${kind} is refused in words`, { skip }, async () => {
    const file = named(kind);
    const commands = [
      ['links', file],
      ['robots', file, '/a'],
      ['crawl', '--dry-run', '-i', file],
      ...['--cookies', '--ca', '--netrc', '--proxy-file', '--sign-key'].map((option) => {
        return ['fetch', 'http://localhost:1/', ...(option === '--netrc' ? ['--netrc-file'] : [option]), file];
      }),
      ['login', 'http://localhost:1/', '--save', named('cookies'), '--form', `a=@${file}`],
    ];
    for (const words of commands) {
      const { code, stdout, stderr } = await gossamer(words);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, `${words.join(' ')}: ${stderr}`);
      assert.match(stderr, why, words.join(' '));
    }
  });
}

test('links, robots: of a device without an end and of long input the beginning is read, and told', {
  skip,
}, async () => {
  const zeros = await gossamer(['links', '/dev/zero', '--max-body', '1MB']);
  assert.equal(zeros.code, 0, zeros.stderr);
  assert.match(zeros.stderr, /^\/dev\/zero has more than 1,048,576 bytes: the rest was not read\.$/m);
  const page = `<a href=http://h/a>${'x'.repeat(2_000)}<a href=http://h/b>`;
  const cut = await gossamer(['links', '-', '--max-body', '1KB'], {}, page);
  assert.equal(cut.stdout, 'navigation  a       http://h/a\n');
  assert.match(cut.stderr, /^stdin has more than 1,024 bytes: the rest was not read\.$/m);
  const lines = `User-agent: *\nDisallow: /a\n#${'x'.repeat(512 * 1024)}\nDisallow: /b\n`;
  writeFileSync(named('robots.txt'), lines);
  for (const source of ['-', named('robots.txt')]) {
    const { code, stdout, stderr } = await gossamer(['robots', source, '/a', '/b'], {}, lines);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^disallowed {2}http:\/\/host\/a .+\nallowed {5}http:\/\/host\/b /);
    assert.match(stderr, /has more than 524,288 bytes: the rest was not read\.\n$/);
  }
});

test('fetch: an option that names a device without an end is refused', { skip }, async () => {
  for (const [option, most] of Object.entries({ '--ca': 16, '--cookies': 32, '--netrc-file': 16 })) {
    const { code, stderr } = await gossamer(['fetch', 'http://localhost:1/', option, '/dev/zero']);
    assert.equal(code, 2, stderr);
    assert.ok(stderr.includes(`/dev/zero cannot be read`) && stderr.includes(`it has more than ${most} MB`), stderr);
  }
});

test('links: what a shell has opened is read as any file', { skip }, async () => {
  const cli = join(import.meta.dirname, '../helpers/run-cli.ts');
  const script = `"$0" "$1" links <(printf '<a href=http://h/a>') && printf '<a href=http://h/b>' | "$0" "$1" links /dev/stdin`;
  const out = execFileSync('bash', ['-c', script, process.execPath, cli], { encoding: 'utf8' });
  assert.equal(out, 'navigation  a       http://h/a\nnavigation  a       http://h/b\n');
});
