// gossamer work

import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { JobError, UsageError } from '../../base/errors.ts';
import { PROGRAM } from '../../base/program.ts';
import { startCrawl } from '../../job/assemble.ts';
import { assertSecrets, choicesOf, WORKER_OPTIONS } from '../../options/job-settings.ts';
import type { CrawlOptions } from '../../options/options.ts';
import { readOptions, type Typed } from '../../options/read-options.ts';
import { jobLocation } from '../../store/location.ts';
import { addOptions } from '../flags.ts';
import { type Manner, type Shell, tell } from '../shell.ts';
import { decisionsTold } from './decisions.ts';
import { logLines, watchRun } from './watch.ts';

const EXAMPLES = `
Examples:
  gossamer work --store postgres://gossamer@db/crawls --job example.com
  DATABASE_URL=postgres://gossamer@db/crawls gossamer work --store postgres: --job example.com -o /mnt/shared/example.com

Any number of workers, on any machines, share the hosts of a job. All that must be the same for all of them (roots, scope,
pace, limits) is kept with the job. What was given as a secret is not: give --auth and -H again.
Exit codes are those of crawl.`;

export function addWork(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command.addHelpText('after', EXAMPLES);
  const typed = addOptions(command, WORKER_OPTIONS);
  return command.action(async (manner: Manner) => {
    const options = await optionsOfJob(typed, shell.environment);
    const run = await startCrawl(options, decisionsTold(shell, manner));
    if (manner.quiet !== true) tell(shell.err, `Working on the job in ${run.folder}.`);
    for (const line of logLines(run)) tell(shell.err, line);
    finish(await watchRun(run, shell, manner, { store: options.store, isJoined: true, judge: null }));
  });
}

/** The options of the job, and those of this worker. Throws UsageError, JobError and MachineError. */
async function optionsOfJob(typed: readonly Typed[], environment: Shell['environment']): Promise<CrawlOptions> {
  const { store, job, output } = readOptions([ANY_ROOT], typed, environment);
  if (store?.startsWith('postgres') !== true) throw new UsageError('--store: give the database of the job.');
  if (job === null && output === null) throw new UsageError('--job: give the name of the job.');
  const folder = output ?? join('crawls', job!);
  const location = jobLocation(folder, store, job);
  const settings = await location.settings();
  if (settings === null) {
    const name = JSON.stringify(job ?? basename(folder));
    throw new JobError(
      'missing',
      `There is no job ${name}: the database has no job of that name; ${PROGRAM} crawl begins one.`,
    );
  }
  const ledger = await location.read();
  try {
    const identity = await ledger.job.identity();
    const options = readOptions(identity.roots, typed, environment, {
      ...choicesOf(identity, settings),
      output: folder,
    });
    assertSecrets(options, settings);
    return options;
  } finally {
    await ledger.close();
  }
}

/** Only to read the options before the job is known. */
const ANY_ROOT = 'localhost';
