// How good are the answers? Crawls two documentations that Debian packs, makes their indexes, and asks thirty questions
// as people ask them. Prints for each question the place of the page that answers it, and how long things took.
//
//   npm run search:quality

import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../src/base/remove.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { startNginx } from '../helpers/nginx.ts';
import { QUESTIONS } from './questions.ts';

const SITES = {
  openjdk: '/usr/share/doc/openjdk-17-jre-headless/api',
  postgresql: '/usr/share/doc/postgresql-doc-15/html',
} as const;
const FIRST = 3;
const WANTED = 25;

interface Answered {
  readonly results: readonly { readonly url: string }[];
}

async function run(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await gossamer(args);
  if (code !== 0 && code !== 1) throw new Error(`gossamer ${args.join(' ')}: exit code ${code}: ${stderr}`);
  return stdout;
}

const folder = mkdtempSync(join(tmpdir(), 'gossamer-search-'));
const jobs: Record<string, string> = {};
for (const [site, root] of Object.entries(SITES)) {
  if (!existsSync(root)) throw new Error(`${root} is not there: install the documentation of ${site}`);
  await using nginx = await startNginx(root);
  const job = join(folder, site);
  await run(['crawl', nginx.root, '-o', job, '--no-adapt', '-q']);
  const begunAt = performance.now();
  const { pages } = JSON.parse(await run(['index', job, '--json'])) as { pages: number };
  const seconds = (performance.now() - begunAt) / 1000;
  const { size } = statSync(join(job, 'search.db'));
  console.log(`${site}: ${pages} pages indexed in ${seconds.toFixed(1)} s, ${(size / 2 ** 20).toFixed(1)} MB`);
  await run(['export', 'markdown', job, '-o', join(folder, `${site}-text`), '-q']);
  console.log(`${site}: the text as Markdown takes ${(bytesIn(join(folder, `${site}-text`)) / 2 ** 20).toFixed(1)} MB`);
  jobs[site] = job;
}
let good = 0;
for (const { site, words, pages } of QUESTIONS) {
  const { results } = JSON.parse(await run(['search', words, jobs[site]!, '--json'])) as Answered;
  const at = results.findIndex(({ url }) => pages.some((page) => url.endsWith(page)));
  if (at >= 0 && at < FIRST) good += 1;
  console.log(`${at < 0 ? ' -' : String(at + 1).padStart(2)}  ${site.padEnd(10)}  ${words}`);
}
removeTree(folder);
console.log(`${good} of ${QUESTIONS.length} in the first ${FIRST} results; wanted ${WANTED}`);
process.exitCode = good >= WANTED ? 0 : 1;

function bytesIn(path: string): number {
  let bytes = 0;
  for (const name of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (name.isFile()) bytes += statSync(join(name.parentPath, name.name)).size;
  }
  return bytes;
}
