// Who takes part: for each crawler its command, what it promises, and its version. All start at the root with 64
// requests at once.

import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WORK } from './measure.ts';

export interface Contender {
  readonly name: string;
  /** Whether it asks for robots.txt and obeys it. */
  readonly robots: 'yes' | 'no';
  /** Whether what it did survives its death. */
  readonly durable: 'yes' | 'no';
  readonly command: (root: string, jobFolder: string) => readonly string[];
  /** Throws where it is not installed. */
  readonly version: () => string;
}

const CONCURRENCY = 64;
const PEERS = join(import.meta.dirname, 'peers');
const GOSSAMER = join(import.meta.dirname, '../bin/gossamer.js');
const BUILT = join(import.meta.dirname, '../dist/cli/main.js');
// Debian's own python, which has Debian's aiohttp, whatever other python is first on PATH.
const PYTHON = '/usr/bin/python3';

export function gossamerCommand(...args: readonly string[]): string[] {
  return [process.execPath, GOSSAMER, ...args];
}

/** As `crawl` is by default. */
export const WITH_ARCHIVE = 'gossamer-archive';

export const CONTENDERS: readonly Contender[] = [
  {
    name: 'gossamer',
    robots: 'yes',
    durable: 'yes',
    command: (root, folder) => crawlCommand(root, folder, '--no-archive'),
    version: gossamerVersion,
  },
  {
    name: WITH_ARCHIVE,
    robots: 'yes',
    durable: 'yes',
    command: crawlCommand,
    version: gossamerVersion,
  },
  {
    name: 'wget-warc',
    robots: 'yes',
    durable: 'no',
    command: (root, folder) => [
      ...['wget', '-q', '-r', '-l', 'inf', '--delete-after', '-P', `${folder}-pages`, `--warc-file=${folder}`],
      ...trusting(root, '--no-check-certificate'),
      root,
    ],
    version: () => said('wget', ['--version']).split('\n')[0]!,
  },
  {
    name: 'wget2',
    robots: 'yes',
    durable: 'no',
    // Nothing is kept of a page once its links are read: writing 20,000 files would be charged to the wrong account.
    command: (root) => [
      ...['wget2', '-q', '--recursive', '--level=inf', `--max-threads=${CONCURRENCY}`, '--robots=on', '--delete-after'],
      ...['--hsts=off', '--http2=off', '--progress=none', ...trusting(root, '--check-certificate=off'), root],
    ],
    version: () => said('wget2', ['--version']).split('\n')[0]!,
  },
  {
    name: 'go',
    robots: 'no',
    durable: 'no',
    command: (root) => [goCrawler(), '-c', `${CONCURRENCY}`, ...trusting(root, '-insecure'), root],
    version: () => `${said('go', ['version'])}, x/net ${packageVersion('golang-golang-x-net-dev')}`,
  },
  {
    name: 'asyncio',
    robots: 'no',
    durable: 'no',
    command: (root) => asyncioCommand(root),
    version: () => `${said(PYTHON, ['--version'])}, aiohttp ${packageVersion('python3-aiohttp')}, html.parser`,
  },
  {
    name: 'asyncio-regex',
    robots: 'no',
    durable: 'no',
    command: (root) => asyncioCommand(root, '--links', 'regex'),
    version: () => `${said(PYTHON, ['--version'])}, aiohttp ${packageVersion('python3-aiohttp')}, links by a pattern`,
  },
];

export function contenderNamed(name: string): Contender {
  const contender = CONTENDERS.find((each) => each.name === name);
  if (contender === undefined) throw new Error(`${name} is no crawler of this bench.`);
  return contender;
}

function crawlCommand(root: string, folder: string, ...more: readonly string[]): string[] {
  const pace = ['-c', `${CONCURRENCY}`, '--host-concurrency', `${CONCURRENCY}`, '--no-adapt'];
  return gossamerCommand('crawl', root, ...pace, '--json', '-o', folder, ...trusting(root, '--insecure'), ...more);
}

function gossamerVersion(): string {
  if (!existsSync(BUILT)) throw new Error('gossamer is not built: npm run build');
  return said(process.execPath, [GOSSAMER, '--version']);
}

function asyncioCommand(root: string, ...more: readonly string[]): string[] {
  const crawler = [PYTHON, join(PEERS, 'asyncio/crawl.py'), '-c', `${CONCURRENCY}`];
  return [...crawler, ...more, ...trusting(root, '--insecure'), root];
}

/** The flag with which a crawler takes a certificate that nobody vouches for; nothing where there is no TLS. */
function trusting(root: string, flag: string): string[] {
  return root.startsWith('https:') ? [flag] : [];
}

/**
 * Builds the Go crawler with Debian's own packages, without modules and without the network, where it is older than its
 * source.
 */
function goCrawler(): string {
  const source = join(PEERS, 'go/crawl.go');
  const binary = join(WORK, 'go-crawl');
  const isFresh = existsSync(binary) && statSync(binary).mtimeMs > statSync(source).mtimeMs;
  if (!isFresh) {
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' };
    execFileSync('go', ['build', '-o', binary, source], { env, stdio: 'inherit' });
  }
  return binary;
}

function packageVersion(name: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the program's own format
  return said('dpkg-query', ['-W', '-f', '${Version}', name]);
}

function said(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' }).trim();
}
