// npm run crash -- [machines] [--long] [--seed N] [--fault NAME] [--write] [--add] [--at-once N]
//
// Crawls that are killed, starved and lied to, and what is left of them; with `machines`, several workers on one job.
// `--seed` and `--fault` together repeat one trial; with `--long` a fault, or a row of the table, is tried as often as
// in the whole. `--write` puts the table into docs/reliability.md after each trial, with the rows of other faults as
// they are; `--add` adds to the rows. `--at-once` says how many trials are made at a time.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSeed } from '../helpers/random.ts';
import type { Tools } from './crawl-process.ts';
import type { AnyFault } from './faults.ts';
import { buildPreload } from './preload.ts';
import { once, type Trials } from './rounds.ts';
import { MACHINES, ONE_MACHINE, type Suite } from './suites.ts';
import { addResult, newTable, readTable, type Table, tableLines, writeTable } from './table.ts';
import type { Result } from './trial.ts';

/** Set for the process that has mounts of its own, which are gone with it. */
const OWN_MOUNTS = 'CRASH_OWN_MOUNTS';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    long: { type: 'boolean', default: false },
    seed: { type: 'string' },
    fault: { type: 'string' },
    write: { type: 'boolean', default: false },
    add: { type: 'boolean', default: false },
    'at-once': { type: 'string' },
  },
});

if (process.env[OWN_MOUNTS] === undefined && canUnshare()) {
  const args = ['-m', process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, [OWN_MOUNTS]: 'yes' } });
  process.exitCode = status ?? 1;
} else process.exitCode = await (positionals[0] === 'machines' ? main(MACHINES) : main(ONE_MACHINE));

function canUnshare(): boolean {
  return spawnSync('unshare', ['-m', 'true'], { stdio: 'ignore' }).status === 0;
}

async function main<F extends AnyFault>(suite: Suite<F>): Promise<number> {
  const { faults } = suite;
  const seed = values.seed === undefined ? runSeed('crash') : Number(values.seed);
  const isNamed = ({ name, group }: F): boolean => name === values.fault || group === values.fault;
  const named = values.fault === undefined ? null : faults.filter(isNamed);
  if (!Number.isSafeInteger(seed) || named?.length === 0) {
    console.error(
      `usage: npm run crash -- [machines] [--long] [--seed N] [--fault NAME] [--write] [--add] [--at-once N]; faults:\n  ${faults.map(({ name }) => name).join('\n  ')}`,
    );
    return 2;
  }
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gossamer-crash-')));
  const library = buildPreload(folder);
  const isRoot = process.env[OWN_MOUNTS] !== undefined;
  if (library === null) console.log('There is no C compiler (cc) here: faults of files and clocks are left out.');
  if (!isRoot) console.log('Only root can mount a small disk: that fault is left out.');
  const able = (named ?? faults).filter(({ needs }) =>
    needs === 'library' ? library !== null : needs !== 'root' || isRoot,
  );
  const chosen = (): Trials<F> => {
    if (named !== null && !values.long) return once(able, seed);
    return values.long ? suite.long(able, seed) : suite.short(able, seed);
  };
  const table = newTable(seed, values.write ? readTable(suite.table, faults) : new Map(), values.add);
  await tryAll(suite, chosen(), { library, cache: join(folder, 'cache') }, folder, table);
  for (const line of tableLines(table)) console.log(line);
  if (table.wrong > 0) return 1;
  rmSync(folder, { recursive: true });
  return 0;
}

async function tryAll<F extends AnyFault>(
  suite: Suite<F>,
  trials: Trials<F>,
  tools: Tools,
  folder: string,
  table: Table,
): Promise<void> {
  const work = async (): Promise<void> => {
    await using arena = await suite.open(tools, folder);
    for (let wanted = trials(table); wanted !== null; wanted = trials(table)) {
      const { fault, seed } = wanted;
      const result = await arena.attempt(fault, seed).catch((cause: unknown) => {
        throw new Error(`the harness failed at ${fault.name}, seed ${seed}`, { cause });
      });
      addResult(table, fault, result);
      // Whoever stops the harness loses only the trial that is under way.
      if (values.write) writeTable(table, suite.table);
      tell(fault, result);
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once'] ?? suite.arenas) }, work));
}

function tell(fault: AnyFault, { seed, options, counted, complaints, story, ms }: Result): void {
  console.log(
    `${complaints.length === 0 ? 'ok   ' : 'WRONG'} ${fault.name}, seed ${seed}: ${counted} counted, ${(ms / 1_000).toFixed(1)} s`,
  );
  if (complaints.length === 0) return;
  console.log(
    `  npm run crash -- ${positionals.join(' ')} --seed ${seed} --fault '${fault.name}' repeats it; ${options}`,
  );
  for (const { harm, what } of complaints.slice(0, 10)) console.log(`  ${harm}: ${what}`);
  for (const line of story) console.log(`    ${line}`);
}
