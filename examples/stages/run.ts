// All four stages, and the asyncio original where Python has aiohttp, against a server that takes two seconds an
// answer, on more and more connections, until they break. Under two minutes.
//   npm run stages [-- --connections 100,1000,5000,10000 --delay-ms 2000 --memory-gb N --write]
// `--write` puts the table into examples/stages/README.md and the picture into docs/images/stages.svg.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineText } from '../../bench/table.ts';
import { drawRuns } from './draw.ts';
import { tableOf } from './figures.ts';
import { type Limits, measure, type Run } from './measure.ts';

const FILES = ['1-threads', '2-callbacks', '3-generators', '4-async-queue'];
const README = join(import.meta.dirname, 'README.md');
const IMAGE = join(import.meta.dirname, '../../docs/images/stages.svg');
/** Debian's own, which has Debian's aiohttp, whatever other python is first on PATH. */
const PYTHON = '/usr/bin/python3';
const ORIGINAL = 'asyncio original';
/** Ten thousand would take it a fifth of the two minutes. */
const ORIGINAL_CONNECTIONS_MAX = 5000;
const LIGHT_CONNECTIONS_MAX = 1000;
const LIGHT_THREADS_MAX = 100;
/** All connections are opened at once; the more there are, the more rounds it takes until that hardly counts. */
const MANY = 10_000;
const WALL_MS_MAX = 30_000;
const MEMORY_GB_MAX = 10;

const options = readOptions();
const home = mkdtempSync(join(tmpdir(), 'gossamer-stages-'));
// A thread loads its code from this cache; without it each would bring a compiler of types along, 8 MB.
process.env['NODE_COMPILE_CACHE'] = home;
const start = performance.now();
const commands = commandsOf();
const stages = [...commands.keys()];
const runs = (await runAll()).sort(
  (a, b) => stages.indexOf(a.stage) - stages.indexOf(b.stage) || a.connections - b.connections,
);
rmSync(home, { recursive: true });
const table = tableOf(runs);
console.log(`${machineText()}\n\n${table}`);
process.stderr.write(`in all ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
if (options.isWriting) write();

/** The command of each stage, by name. */
function commandsOf(): Map<string, readonly string[]> {
  const commands = new Map<string, readonly string[]>();
  for (const name of FILES) {
    const file = join(import.meta.dirname, `${name}.ts`);
    commands.set(name, [process.execPath, file]);
    // Nothing listens there: it ends at once, and has filled the cache.
    spawnSync(process.execPath, [file, 'http://127.0.0.1:1/']);
  }
  const original = [PYTHON, join(import.meta.dirname, 'original.py')];
  if (spawnSync(PYTHON, ['-c', 'import aiohttp']).status === 0) commands.set(ORIGINAL, original);
  return commands;
}

/** Every stage on more and more connections, until it breaks. */
async function runAll(): Promise<Run[]> {
  const done: Run[] = [];
  const broken = new Set<string>();
  for (const connections of options.connections) {
    const left = stages.filter((stage) => !broken.has(stage) && isWanted(stage, connections));
    const light = left.filter((stage) => isLight(stage, connections));
    await Promise.all(light.map((stage) => run(stage, connections)));
    for (const stage of left) if (!light.includes(stage)) await run(stage, connections);
  }
  return done;

  async function run(stage: string, connections: number): Promise<void> {
    const rounds = connections < MANY ? 2 : 4;
    const made = await measure(stage, commands.get(stage)!, { ...options, connections, rounds });
    process.stderr.write(`${stage}, ${connections}: ${made.stoppedBy ?? `${(made.wallMs / 1000).toFixed(1)} s`}\n`);
    if (made.stoppedBy !== null) broken.add(stage);
    done.push(made);
  }
}

function isWanted(stage: string, connections: number): boolean {
  return stage !== ORIGINAL || connections <= ORIGINAL_CONNECTIONS_MAX;
}

/** A crawl that hardly computes, and may be made beside others. */
function isLight(stage: string, connections: number): boolean {
  return connections <= (stage === '1-threads' ? LIGHT_THREADS_MAX : LIGHT_CONNECTIONS_MAX);
}

/** Writes the table into its place in the chapter, and draws the picture. */
function write(): void {
  const day = new Date().toISOString().slice(0, 10);
  const text = `On ${day}: ${machineText()}.\n\n${table}`;
  const old = readFileSync(README, 'utf8');
  const between = /(<!-- measured by npm run stages -->)[\s\S]*(<!-- end of measured -->)/;
  writeFileSync(
    README,
    old.replace(between, (_, begin, end) => `${begin}\n\n${text}\n\n${end}`),
  );
  writeFileSync(IMAGE, drawRuns(runs));
}

interface Options {
  readonly connections: readonly number[];
  readonly delayMs: number;
  readonly limits: Limits;
  readonly isWriting: boolean;
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        connections: { type: 'string', default: '100,1000,5000,10000' },
        'delay-ms': { type: 'string', default: '2000' },
        'memory-gb': { type: 'string', default: Math.min(MEMORY_GB_MAX, (freemem() * 3) / 4 / 2 ** 30).toFixed(1) },
        write: { type: 'boolean', default: false },
      },
    });
    const connections = values.connections.split(',').map((word) => whole('connections', word, 20_000));
    const delayMs = whole('delay-ms', values['delay-ms'], 5_000);
    const memoryGb = Number(values['memory-gb']);
    if (!(memoryGb > 0)) throw new Error(`--memory-gb takes a number, not ${values['memory-gb']}`);
    const limits = { rssMbMax: memoryGb * 1024, wallMsMax: WALL_MS_MAX };
    return { connections, delayMs, limits, isWriting: values.write };
  } catch (error) {
    console.error((error as Error).message);
    console.error('usage: npm run stages [-- --connections N,... --delay-ms N --memory-gb N --write]');
    return process.exit(2);
  }
}

function whole(name: string, word: string, most: number): number {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw new Error(`--${name} takes 1 to ${most}, not ${word}`);
  }
  return number;
}
