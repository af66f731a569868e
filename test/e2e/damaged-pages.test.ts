// Databases of which pages are damaged, as by a failing disk or a stranger: every command says so in a sentence.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gossamer, severally } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { pick, type Random, runSeed, seededRandom } from '../helpers/random.ts';
import { makeLinks, pagesAnswer, serveSite } from '../helpers/site.ts';

const PAGE_BYTES = 4096;
const DAMAGES = 2;
const seed = runSeed('damaged pages');
const newFolder = jobFolders('damaged');

const { made, root } = await (async () => {
  const folder = newFolder();
  await using site = await serveSite(pagesAnswer(makeLinks(1, 30, 3)));
  await crawledTo(folder, site.root);
  assert.equal((await gossamer(['index', folder])).code, 0);
  return { made: folder, root: site.root };
})();

/** By name what is done to the bytes of a database; `at` and `other` are where pages begin. */
const KINDS: Readonly<Record<string, (bytes: Buffer, at: number, other: number, random: Random) => Buffer>> = {
  'bits flip anywhere': (bytes, _at, _other, random) => {
    for (let flips = 0; flips < 50; flips += 1) bytes[Math.floor(random() * bytes.length)]! ^= 1 << (flips % 8);
    return bytes;
  },
  'a page of zeros': (bytes, at) => bytes.fill(0, at, at + PAGE_BYTES),
  'a page of noise': (bytes, at, _other, random) => {
    for (let byte = at; byte < at + PAGE_BYTES; byte += 1) bytes[byte] = Math.floor(random() * 256);
    return bytes;
  },
  'a page in the place of another': (bytes, at, other) => {
    bytes.copy(bytes, at, other, other + PAGE_BYTES);
    return bytes;
  },
  'a file that ends early': (bytes, at) => bytes.subarray(0, at + 100),
};

const commandsOn = (job: string): string[][] => [
  ...['status', 'report', 'verify', 'index'].map((name) => [name, job]),
  ['why', root, job],
  ['search', 'page', job],
  ...['jsonl', 'mirror'].map((view) => ['export', view, job, '-o', newFolder()]),
  ['retry', '--error', 'reset', job],
  ['remove', root, job],
  ['crawl', root, '-o', job, '-q', '--time-limit', '1s'],
];

/** Each command with what it said on stderr; the last line of each has its name and code. */
function told(stderr: string): string[] {
  return stderr.split(/(?<=^= \S+ \d+\n)/m).filter((text) => text !== '');
}

for (const file of ['gossamer.db', 'search.db']) {
  for (const [kind, damage] of Object.entries(KINDS)) {
    test(`every command on a ${file} with ${kind}: a sentence and no stack`, async () => {
      const random = seededRandom(seed);
      const whole = readFileSync(join(made, file));
      const pages = Array.from({ length: whole.length / PAGE_BYTES }, (_, page) => page * PAGE_BYTES);
      const jobs = Array.from({ length: DAMAGES }, () => {
        const job = newFolder();
        cpSync(made, job, { recursive: true });
        writeFileSync(join(job, file), damage(Buffer.from(whole), pick(random, pages), pick(random, pages), random));
        for (const end of ['-wal', '-shm']) rmSync(join(job, `${file}${end}`), { force: true });
        return job;
      });
      const commands = jobs.flatMap(commandsOn);
      const run = await severally(commands);
      assert.equal(told(run.stderr).length, commands.length, run.stderr);
      for (const text of told(run.stderr)) {
        assert.doesNotMatch(text, /^\s+at .+:\d+:\d+/m);
        const [name, code] = /^= (\S+) (\d+)$/m.exec(text)!.slice(1);
        // What `verify` finds stands on stdout; an export leaves out what it cannot read. A limit of time is none.
        const isFine = ['0', '2', '3', '15'].includes(code!) || (code === '1' && /^(verify|export)$/.test(name!));
        assert.ok(isFine, text);
        if (code === '2' || code === '3') assert.match(text, /^gossamer: .+/m);
      }
    });
  }
}
