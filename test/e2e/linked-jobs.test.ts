// Jobs in which a link stands in the place of a folder or a file: whatever it leads to, nothing is written there.

import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { makeLinks, pagesAnswer, serveSite } from '../helpers/site.ts';

const newFolder = jobFolders('linked');
const skip = process.platform === 'win32' && 'links need rights there';
const site = await serveSite(pagesAnswer(makeLinks(1, 12, 2)));
after(() => site[Symbol.asyncDispose]());
const page = `${site.root}p/1/page-1.html`;

/** A job with half of its pages, to go on with; a run that was killed has left a record that no row refers to. */
const made = newFolder();
await crawledTo(made, site.root, { limit: 6 });
const archived = readdirSync(join(made, 'archive')).find((name) => name.includes('.warc'))!;

/** All that is in a folder, with the bytes of its files. */
function contents(folder: string): Record<string, string> {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  const named = all.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(named.map((path) => [path, lstatSync(path).isFile() ? readFileSync(path, 'latin1') : '']));
}

/** A copy of the job with a link to what stood under the name, to another file, or to nothing. */
function linked(name: string, target: 'same' | 'file' | 'folder' | 'nothing'): { job: string; outside: string } {
  const [job, outside] = [newFolder(), newFolder()];
  cpSync(made, job, { recursive: true });
  mkdirSync(join(outside, 'folder'), { recursive: true });
  writeFileSync(join(outside, 'file'), 'mine');
  const path = join(job, name);
  if (target === 'same') renameSync(path, join(outside, 'same'));
  else rmSync(path, { recursive: true, force: true });
  symlinkSync(join(outside, target), path);
  return { job, outside };
}

const COMMANDS: Readonly<Record<string, (job: string) => string[]>> = {
  crawl: (job) => ['crawl', site.root, '-o', job, '--no-sitemaps', '--revisits-of', made],
  remove: (job) => ['remove', page, job],
  retry: (job) => ['retry', job, '--lost'],
  index: (job) => ['index', job],
  verify: (job) => ['verify', job],
  'export wacz': (job) => ['export', 'wacz', job, '-o', `${job}.wacz`],
};

/** Names of a job that something is written to, and what stands there before. */
const NAMES = {
  archive: 'folder',
  indexes: 'folder',
  logs: 'folder',
  'gossamer.db': 'file',
  'gossamer.db-room': 'nothing',
  'search.db': 'nothing',
  lock: 'file',
  'logs/gossamer.jsonl': 'file',
  'archive/revisits-of.txt': 'nothing',
  [`archive/${archived}`]: 'file',
  [`indexes/${archived}.cdxj`]: 'file',
  [`indexes/${archived}.cdxj.part`]: 'nothing',
  [`indexes/${archived}.cdxj.runs`]: 'nothing',
} as const;

for (const [name, before] of Object.entries(NAMES)) {
  test(`every command that writes: ${name.replace(archived, 'NAME')} that is a link`, { skip }, async () => {
    const targets = ['file', 'folder', 'nothing', ...(before === 'nothing' ? [] : (['same'] as const))] as const;
    const faults: string[] = [];
    for (const target of targets) {
      for (const [command, words] of Object.entries(COMMANDS)) {
        const { job, outside } = linked(name, target);
        const there = contents(outside);
        const { code, stderr } = await gossamer(words(job));
        if (JSON.stringify(contents(outside)) !== JSON.stringify(there)) faults.push(`${command}, ${target}: written`);
        if (code === null || code > 3 || /^\s+at /m.test(stderr))
          faults.push(`${command}, ${target}: ${code} ${stderr}`);
      }
    }
    assert.deepEqual(faults, []);
  });
}

test('crawl: the folder of the job itself may be a link', { skip }, async () => {
  const [job, elsewhere] = [newFolder(), newFolder()];
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, job);
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '--no-sitemaps', '-q'])).code, 0);
  assert.ok(existsSync(join(elsewhere, 'archive')));
  assert.match((await gossamer(['verify', job])).stdout, /^All is well/);
});
