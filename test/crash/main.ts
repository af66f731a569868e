// npm run crash -- [--long] [--seed N] [--fault NAME] [--write] Crawls that are killed, starved and lied to, and what
// is left of them. `--seed` and `--fault` together repeat one trial; `--write` puts the table into docs/reliability.md.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSeed, seededRandom } from '../helpers/random.ts';
import type { Tools } from './crawl-process.ts';
import { FAULTS, type Fault } from './faults.ts';
import { buildPreload } from './preload.ts';
import { startSite } from './site.ts';
import { addResult, newTable, type Table, tableLines, writeTable } from './table.ts';
import { type Result, tryPlan } from './trial.ts';

/** Trials at a time: each is mostly one crawl. */
const WORKERS = 2;
/** No trial of the short part begins later. */
const SHORT_MS = 100_000;
const LONG_FAULTS = 1_000;
/** Set for the process that has mounts of its own, which are gone with it. */
const OWN_MOUNTS = 'CRASH_OWN_MOUNTS';

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    seed: { type: 'string' },
    fault: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

if (process.env[OWN_MOUNTS] === undefined && canUnshare()) {
  const args = ['-m', process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, [OWN_MOUNTS]: 'yes' } });
  process.exitCode = status ?? 1;
} else process.exitCode = await main();

function canUnshare(): boolean {
  return spawnSync('unshare', ['-m', 'true'], { stdio: 'ignore' }).status === 0;
}

async function main(): Promise<number> {
  const seed = values.seed === undefined ? runSeed('crash') : Number(values.seed);
  const named = values.fault === undefined ? null : FAULTS.filter(({ name }) => name === values.fault);
  if (!Number.isSafeInteger(seed) || named?.length === 0) {
    console.error(
      `usage: npm run crash -- [--long] [--seed N] [--fault NAME] [--write]; faults:\n  ${FAULTS.map(({ name }) => name).join('\n  ')}`,
    );
    return 2;
  }
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gossamer-crash-')));
  const library = buildPreload(folder);
  const isRoot = process.env[OWN_MOUNTS] !== undefined;
  if (library === null) console.log('There is no C compiler (cc) here: faults of files and clocks are left out.');
  if (!isRoot) console.log('Only root can mount a small disk: that fault is left out.');
  const able = (named ?? FAULTS).filter(({ needs }) =>
    needs === 'library' ? library !== null : needs !== 'root' || isRoot,
  );
  const trials = named !== null ? once(able, seed) : values.long ? longTrials(able, seed) : shortTrials(able, seed);
  const table = newTable(seed);
  await tryAll(trials, { library, cache: join(folder, 'cache') }, folder, table);
  for (const line of tableLines(table)) console.log(line);
  if (values.write) writeTable(table);
  if (table.wrong > 0) return 1;
  rmSync(folder, { recursive: true });
  return 0;
}

interface Wanted {
  readonly fault: Fault;
  readonly seed: number;
}

type Trials = (table: Table) => Wanted | null;

function once(faults: readonly Fault[], seed: number): Trials {
  const left = faults.map((fault): Wanted => ({ fault, seed }));
  return () => left.shift() ?? null;
}

/**
 * Group after group, each time another fault of it, until the time is over: all kinds, and a part of each that the seed
 * chooses.
 */
function shortTrials(faults: readonly Fault[], seed: number): Trials {
  const random = seededRandom(seed);
  const short = faults.filter(({ isLong }) => isLong !== true);
  // A busy machine does not come to all of them.
  const groups = shuffled([...Map.groupBy(short, ({ group }) => group).values()], random);
  const startedAt = performance.now();
  let next = 0;
  return () => {
    if (performance.now() - startedAt > SHORT_MS) return null;
    const group = groups[next % groups.length]!;
    next += 1;
    return { fault: group[Math.floor(random() * group.length)]!, seed: seed + next };
  };
}

/** Round after round of all faults: one at least, and until enough have counted. */
function longTrials(faults: readonly Fault[], seed: number): Trials {
  const random = seededRandom(seed);
  let round: Fault[] = [];
  let rounds = 0;
  let tried = 0;
  return (table) => {
    if (rounds > 0 && table.counted >= LONG_FAULTS && (rounds > 1 || round.length === 0)) return null;
    if (round.length === 0) {
      const all = faults.flatMap((fault) => Array.from({ length: fault.weight ?? 1 }, () => fault));
      round = shuffled(all, random);
      rounds += 1;
    }
    tried += 1;
    return { fault: round.shift()!, seed: seed + tried };
  };
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((each) => ({ each, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ each }) => each);
}

async function tryAll(trials: Trials, tools: Tools, folder: string, table: Table): Promise<void> {
  const work = async (): Promise<void> => {
    await using site = startSite();
    for (let wanted = trials(table); wanted !== null; wanted = trials(table)) {
      const { fault, seed } = wanted;
      const result = await tryPlan(fault, seed, site, tools, folder).catch((cause: unknown) => {
        throw new Error(`the harness failed at ${fault.name}, seed ${seed}`, { cause });
      });
      addResult(table, fault, result);
      tell(fault, result);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

function tell(fault: Fault, { seed, options, counted, complaints, story, ms }: Result): void {
  console.log(
    `${complaints.length === 0 ? 'ok   ' : 'WRONG'} ${fault.name}, seed ${seed}: ${counted} counted, ${(ms / 1_000).toFixed(1)} s`,
  );
  if (complaints.length === 0) return;
  console.log(`  npm run crash -- --seed ${seed} --fault '${fault.name}' repeats it; ${options}`);
  for (const { harm, what } of complaints.slice(0, 10)) console.log(`  ${harm}: ${what}`);
  for (const line of story) console.log(`    ${line}`);
}
