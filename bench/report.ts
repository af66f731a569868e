// Runs benches one after the other and writes what they print into bench/README.md, each between its marks, and draws
// the pictures of the README. For a machine that does nothing else. Run with
//   npm run bench -- report [--only crawl,archive,coded,connections,hosts,memory,start,resume,scheduler,store]
//     [--rounds 3]

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collect } from './measure.ts';

const IMAGES = join(import.meta.dirname, '../docs/images');
const PAGE = join(import.meta.dirname, 'README.md');
/** By bench, its options and whether it takes a number of rounds. */
const BENCHES: Readonly<Record<string, { readonly options?: readonly string[]; readonly hasRounds: boolean }>> = {
  crawl: {
    options: [
      ...['--sites', 'openjdk,openjdk-gzip,synthetic,synthetic-tls'],
      ...['--only', 'gossamer-archive,gossamer,wget2,go,asyncio-regex,wget-warc'],
      ...['--image', join(IMAGES, 'race.svg')],
    ],
    hasRounds: true,
  },
  archive: { options: ['--only', 'wget,crawls,long,exports'], hasRounds: true },
  coded: { hasRounds: true },
  connections: { hasRounds: true },
  hosts: { hasRounds: false },
  memory: { options: ['--image', join(IMAGES, 'memory.svg')], hasRounds: false },
  start: { hasRounds: false },
  resume: { hasRounds: true },
  scheduler: { hasRounds: true },
  store: { hasRounds: false },
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(BENCHES).join(',') },
    rounds: { type: 'string', default: '3' },
  },
});
for (const name of values.only.split(',')) {
  const bench = BENCHES[name];
  if (bench === undefined) throw new Error(`--only: ${name} is no bench that is reported.`);
  const options = [...(bench.options ?? []), ...(bench.hasRounds ? ['--rounds', values.rounds] : [])];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), name, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = await collect(child);
  if (child.exitCode !== 0) throw new Error(`${name} ended with ${child.exitCode}`);
  writeFileSync(PAGE, withBlock(readFileSync(PAGE, 'utf8'), name, stdout));
  process.stderr.write(`${name}: ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes\n`);
}

/** The page with what the bench printed between its marks. */
function withBlock(page: string, name: string, stdout: string): string {
  const [begin, end] = [`<!-- printed by ${name} -->\n`, `<!-- end of ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for ${name}`);
  const day = new Date().toISOString().slice(0, 10);
  const text = stdout
    .replaceAll(IMAGES, 'docs/images')
    .trim()
    .split('\n')
    .map((line) => (line.includes(', wanted ') ? `- ${line}` : line))
    .join('\n');
  return `${page.slice(0, from)}${begin}${day}. ${text}\n${page.slice(to)}`;
}
