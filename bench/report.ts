// Runs benches one after the other and writes what they print into bench/README.md, each between its marks, and draws
// the pictures of the README. For a machine that does nothing else. Run with
//   npm run bench -- report [--rounds 3]
//     [--only crawl,archive,exports,coded,connections,hosts,memory,start,resume,scheduler,store,machines,search]
//   and serve, tls

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collect } from './measure.ts';

const IMAGES = join(import.meta.dirname, '../docs/images');
const PAGE = join(import.meta.dirname, 'README.md');
interface Reported {
  /** The bench, if it has another name than the part of the page. */
  readonly bench?: string;
  /** The options of each run. */
  readonly runs?: readonly (readonly string[])[];
  /** Whether it takes a number of rounds. */
  readonly hasRounds: boolean;
}

/** By part of the page. */
const BENCHES: Readonly<Record<string, Reported>> = {
  crawl: {
    runs: [
      [
        ...['--sites', 'openjdk,openjdk-gzip,synthetic,synthetic-tls'],
        ...['--only', 'gossamer-archive,gossamer,wget2,go,asyncio-regex,wget-warc'],
        ...['--image', join(IMAGES, 'race.svg')],
      ],
    ],
    hasRounds: true,
  },
  archive: { runs: [['--only', 'wget,crawls,long']], hasRounds: true },
  exports: { bench: 'archive', runs: [['--only', 'exports']], hasRounds: true },
  coded: { hasRounds: true },
  connections: { hasRounds: true },
  hosts: { hasRounds: false },
  memory: { runs: [['--image', join(IMAGES, 'memory.svg')]], hasRounds: false },
  start: { hasRounds: false },
  resume: { hasRounds: true },
  scheduler: { runs: [['--hosts', '2000', '--urls', '50'], []], hasRounds: true },
  store: { hasRounds: false },
  machines: { runs: [['--seconds', '10']], hasRounds: true },
  search: { hasRounds: true },
  serve: { hasRounds: true },
  tls: { hasRounds: true },
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(BENCHES).join(',') },
    rounds: { type: 'string', default: '3' },
  },
});
for (const name of values.only.split(',')) {
  const reported = BENCHES[name];
  if (reported === undefined) throw new Error(`--only: ${name} is no bench that is reported.`);
  const { bench = name, runs = [[]], hasRounds } = reported;
  const startedAt = performance.now();
  const printed: string[] = [];
  for (const options of runs)
    printed.push(await printedBy(bench, hasRounds ? [...options, '--rounds', values.rounds] : options));
  writeFileSync(PAGE, withBlock(readFileSync(PAGE, 'utf8'), name, printed.join('\n')));
  process.stderr.write(`${name}: ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes\n`);
}

async function printedBy(bench: string, options: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), bench, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = await collect(child);
  if (child.exitCode !== 0) throw new Error(`${bench} ended with ${child.exitCode}`);
  return stdout;
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
