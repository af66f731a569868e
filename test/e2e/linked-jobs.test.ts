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
import { gossamer, severally } from '../helpers/gossamer.ts';
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

/** The exit codes of commands that ran in one process, and what all of them told. */
async function ran(commands: readonly string[][]): Promise<{ codes: (number | null)[]; stderr: string }> {
  const { stderr } = await severally(commands);
  return { codes: [...stderr.matchAll(/^= \S+ (\d+)$/gm)].map(([, code]) => Number(code)), stderr };
}

for (const [name, before] of Object.entries(NAMES)) {
  test(`every command that writes: ${name.replace(archived, 'NAME')} that is a link`, { skip }, async () => {
    const targets = ['file', 'folder', 'nothing', ...(before === 'nothing' ? [] : (['same'] as const))] as const;
    const cases = targets.flatMap((target) =>
      Object.entries(COMMANDS).map(([command, words]) => {
        const { job, outside } = linked(name, target);
        return { what: `${command}, ${target}`, words: words(job), outside, there: contents(outside) };
      }),
    );
    const { codes, stderr } = await ran(cases.map(({ words }) => words));
    assert.equal(codes.length, cases.length, stderr);
    assert.deepEqual(
      cases.filter(({ outside, there }) => JSON.stringify(contents(outside)) !== JSON.stringify(there)),
      [],
    );
    const failed = cases.filter((_, at) => codes[at]! > 3).map(({ what }) => what);
    assert.deepEqual(failed, [], stderr);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });
}

/** What a command tells of a link to what stood there before, and its exit code; null if it tells nothing of it. */
const TOLD: readonly (readonly [name: string, command: string[], code: number, told: RegExp | null])[] = [
  [
    'archive',
    ['crawl', 'remove'],
    2,
    / and a job writes only in its own folder: mount .*, or give the crawl --archive /,
  ],
  ['indexes', ['crawl', 'remove'], 2, / and a job writes only in its own folder: mount the folder there\.$/m],
  [
    'gossamer.db',
    ['crawl', 'remove', 'retry', 'verify', 'index', 'report', 'why', 'export jsonl'],
    2,
    / and a job writes only in its own folder: put the database itself/,
  ],
  ['logs', ['crawl'], 0, /^No log is written: .*mount the folder there\.$/m],
  ['logs/gossamer.jsonl', ['crawl'], 0, /^No log is written: .* writes only in its own folder\.$/m],
  ['archive', ['verify', 'index', 'report'], 0, null],
  ['logs', ['remove', 'report'], 0, null],
];

const READING: Readonly<Record<string, (job: string) => string[]>> = {
  report: (job) => ['report', job],
  why: (job) => ['why', page, job],
  'export jsonl': (job) => ['export', 'jsonl', job],
};

test('a link in a job is read through, and what would write there says so', { skip }, async () => {
  for (const [name, commands, code, told] of TOLD) {
    for (const command of commands) {
      const { job, outside } = linked(name, 'same');
      const there = contents(outside);
      const { codes, stderr } = await ran([{ ...COMMANDS, ...READING }[command]!(job)]);
      assert.deepEqual(codes, [code], `${command} ${name}: ${stderr}`);
      const shown = `${join(job, name)} is a link to ${JSON.stringify(join(outside, 'same'))},`;
      assert.equal(stderr.includes(shown), told !== null, `${command} ${name}: ${stderr}`);
      if (told !== null) assert.match(stderr, told);
      assert.deepEqual(contents(outside), there, `${command} ${name}`);
    }
  }
});

test('crawl: with --fresh the link to a database goes, and the database stays', { skip }, async () => {
  const { job, outside } = linked('gossamer.db', 'same');
  const there = contents(outside);
  const { codes, stderr } = await ran([['crawl', site.root, '-o', job, '--no-sitemaps', '--fresh', '-q']]);
  assert.deepEqual(codes, [0], stderr);
  assert.deepEqual(contents(outside), there);
  assert.ok(lstatSync(join(job, 'gossamer.db')).isFile());
});

test('crawl: the folder of the job itself may be a link', { skip }, async () => {
  const [job, elsewhere] = [newFolder(), newFolder()];
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, job);
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '--no-sitemaps', '-q'])).code, 0);
  assert.ok(existsSync(join(elsewhere, 'archive')));
  assert.match((await gossamer(['verify', job])).stdout, /^All is well/);
});
