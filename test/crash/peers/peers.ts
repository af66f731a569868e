// Who takes part: how each is started and gone on with by its own documented way, and what it then has. Each is given
// sixteen requests at once.

import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWarc, type WarcRecord } from '../../../src/archive/warc-reader.ts';
import type { UrlRecord } from '../../../src/views/tables/record.ts';
import { sha256 } from './site.ts';

/** What a peer has of the pages once it says that it is done. */
export interface Output {
  /** By URL, the SHA-256 of each copy. */
  readonly copies: ReadonlyMap<string, readonly string[]>;
  /** Lines, files or records that cannot be read. */
  readonly torn: number;
}

export interface Peer {
  readonly name: string;
  /** What its documentation says of being killed. */
  readonly promise: string;
  /** Throws where it is not installed. */
  version(): string;
  /** The command of each run, the first and those that go on; `run` counts from 0. */
  command(root: string, run: number): readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Read from the folder in which its commands ran. */
  output(folder: string, root: string): Output | Promise<Output>;
}

/** Where Crawlee is installed: it is no dependency of ours. */
export const CRAWLEE_FOLDER = process.env['GOSSAMER_PEERS'] ?? join(tmpdir(), 'gossamer-peers');
const GOSSAMER = fileURLToPath(new URL('../../helpers/run-cli.ts', import.meta.url));
const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const AT_ONCE = '16';

export const PEERS: readonly Peer[] = [
  {
    name: 'gossamer',
    promise: 'nothing is lost, torn or double',
    version: () => said(process.execPath, GOSSAMER, '--version'),
    command: (root) => [process.execPath, GOSSAMER, 'crawl', root, '-o', 'job', '-c', AT_ONCE, '--no-adapt', '-q'],
    output(folder) {
      const lines = said(process.execPath, GOSSAMER, 'export', 'jsonl', join(folder, 'job')).split('\n');
      const rows = lines.map((line) => JSON.parse(line) as UrlRecord);
      const had = rows.filter(({ state, archive }) => state === 'done' && archive !== null);
      return { copies: copiesOf(had.map(({ url, sha256: digest }) => [url, digest ?? ''])), torn: 0 };
    },
  },
  {
    name: 'Scrapy, JOBDIR',
    promise: 'a clean stop is gone on with; a kill is not spoken of',
    version: () => said('scrapy', 'version').replace(/^\D+/, ''),
    command: (root) => [
      'scrapy',
      'runspider',
      own('spider.py'),
      '-a',
      `root=${root}`,
      '-s',
      'JOBDIR=job',
      '-o',
      'pages.jsonl',
    ],
    output: (folder) => linesOf(existing(join(folder, 'pages.jsonl'))),
  },
  {
    name: 'Crawlee, CheerioCrawler',
    promise: 'the same command goes on, with CRAWLEE_PURGE_ON_START=0',
    version: () => packageVersion('crawlee'),
    command: (root) => [process.execPath, own('crawlee-run.ts'), CRAWLEE_FOLDER, root],
    env: { CRAWLEE_PURGE_ON_START: '0', CRAWLEE_LOG_LEVEL: 'ERROR' },
    output: (folder) => linesOf(globSync(join(folder, 'storage/datasets/default/*.json'))),
  },
  {
    name: 'wget2 -r -nc',
    promise: 'a recursion is not gone on with; -nc spares files that are there',
    version: () =>
      said('wget2', '--version')
        .split('\n')[0]!
        .replace(/^.*Wget2 (\S+).*$/, '$1'),
    command: (root) => ['wget2', '-q', '-r', '-l', 'inf', '-nc', `--max-threads=${AT_ONCE}`, '-P', 'pages', root],
    output: filesOf,
  },
  {
    name: 'wget -r -nc',
    promise: 'a recursion is not gone on with; -nc spares files that are there, and reads their links',
    version: wgetVersion,
    command: (root) => ['wget', '-q', '-r', '-l', 'inf', '-nc', '-P', 'pages', root],
    output: filesOf,
  },
  {
    name: 'wget -r --warc-file',
    promise: 'a recursion is not gone on with, and an archive is not added to: each run has its own',
    version: wgetVersion,
    command: (root, run) => [
      'wget',
      '-q',
      '-r',
      '-l',
      'inf',
      '-P',
      'pages',
      `--warc-file=run-${String(run).padStart(2, '0')}`,
      root,
    ],
    async output(folder) {
      const files = globSync(join(folder, 'run-*.warc.gz'));
      const found = (await Promise.all(files.map((file) => Array.fromAsync(readWarc(file))))).flat();
      const records = found.filter((each): each is WarcRecord => !('damage' in each));
      const responses = records.filter(({ fields }) => fields.get('warc-type') === 'response');
      const copies = responses.map(({ fields, block }): [string, string] => {
        const url = fields.get('warc-target-uri')!.replace(/^<|>$/g, '');
        return [url, sha256(block.subarray(block.indexOf('\r\n\r\n') + 4))];
      });
      return { copies: copiesOf(copies), torn: found.length - records.length };
    },
  },
];

function wgetVersion(): string {
  return /[\d.]+/.exec(said('wget', '--version'))![0];
}

function packageVersion(name: string): string {
  const text = readFileSync(join(CRAWLEE_FOLDER, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function said(file: string, ...args: readonly string[]): string {
  return execFileSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

function existing(file: string): string[] {
  return existsSync(file) ? [file] : [];
}

function copiesOf(copies: readonly (readonly [url: string, digest: string])[]): Map<string, string[]> {
  return new Map([...Map.groupBy(copies, ([url]) => url)].map(([url, all]) => [url, all.map(([, digest]) => digest)]));
}

/** Files with an object a line. */
function linesOf(files: readonly string[]): Output {
  const copies: [string, string][] = [];
  let torn = 0;
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    // An indented object is one as well.
    for (const line of file.endsWith('.json') ? [text] : text.split('\n').filter((each) => each !== '')) {
      try {
        const { url, sha256: digest } = JSON.parse(line) as { url: string; sha256: string };
        copies.push([url, digest]);
      } catch {
        torn += 1;
      }
    }
  }
  return { copies: copiesOf(copies), torn };
}

/** A tree of files as a mirror has it: `pages/HOST:PORT/PATH`. */
function filesOf(folder: string, root: string): Output {
  const { host } = new URL(root);
  const base = [join(folder, 'pages', host), join(folder, 'pages', host.replace(/:.*/, ''))].find(existsSync);
  if (base === undefined) return { copies: new Map(), torn: 0 };
  const files = globSync('**/*.html', { cwd: base });
  const copies = files.map((file): [string, string] => {
    return [root + (file === 'index.html' ? '' : file), sha256(readFileSync(join(base, file)))];
  });
  return { copies: copiesOf(copies), torn: 0 };
}
