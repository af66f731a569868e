// gossamer move [job] --store URL

import type { Command } from 'commander';
import { UsageError } from '../base/errors.ts';
import { showCount } from '../base/figures.ts';
import { type Moved, moveTo } from '../job/move.ts';
import { storeFor } from '../options/read-options.ts';
import { jobLocation } from '../store/location.ts';
import { EXIT } from './exit.ts';
import { findJob, isOnServer, storeOf } from './job.ts';
import { isTerminal, type JobManner, printJson, printLines, type Shell, tell } from './shell.ts';

const TELL_MS = 1_000;

const EXAMPLES = `
The rows of the job are copied, and then the copy is the job: the other one is marked, and commands refuse it and say where the
job is. The archive and the logs stay in the folder. If the move breaks off, the same command continues it; until the copy is
whole, the job stays where it was.

Examples:
  gossamer move crawls/example.com --store postgres://crawler@db.example.com/crawls
  gossamer move crawls/example.com --store sqlite: --from postgres://crawler@db.example.com/crawls
  gossamer move crawls/example.com --store sqlite:    from the database in GOSSAMER_STORE or DATABASE_URL`;

interface MoveManner extends JobManner {
  readonly from?: string;
}

export function addMove(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .option('--from <url>', 'where the job is now; without it in its folder, or for --store sqlite: in the database')
    .option('--store <url>', 'the database to which the job is moved, or sqlite: for its folder')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string | undefined, manner: MoveManner) => {
      const to = storeOf(manner, shell);
      if (to === null || to === 'memory:') {
        throw new UsageError('--store: give the database to which the job is moved, or sqlite: for its folder.');
      }
      const from = fromOf(manner, to, shell);
      if (isOnServer(from) === isOnServer(to) && (from === to || !isOnServer(to))) {
        throw new UsageError('--from: the job would be moved to where it is.');
      }
      const folder = await findJob(given, from);
      const progress = progressOn(shell, manner);
      const moved = await moveTo(jobLocation(folder, from), jobLocation(folder, to), shell.clock, progress.tell);
      progress.end();
      if (manner.json === true) await printJson(shell, { job: folder, ...moved });
      else if (manner.quiet !== true) await printLines(shell, movedLines(moved, isOnServer(to)));
      finish(EXIT.finished);
    });
}

/** What is not moved to a server is moved from one. */
function fromOf({ from }: MoveManner, to: string, { environment }: Shell): string | null {
  if (from !== undefined || isOnServer(to)) return from === undefined ? null : storeFor(from, environment);
  const usual = storeFor(undefined, environment);
  if (isOnServer(usual)) return usual;
  if ((environment['DATABASE_URL'] ?? '') === '')
    throw new UsageError('--from: give the database that has the job, or set GOSSAMER_STORE or DATABASE_URL.');
  return storeFor('postgres:', environment);
}

function progressOn(shell: Shell, { quiet }: MoveManner) {
  const { err, clock, environment } = shell;
  const isScreen = isTerminal(err, environment);
  let toldAt = Number.NEGATIVE_INFINITY;
  let isOpen = false;
  return {
    tell(part: string, rows: number, all: number): void {
      const isDone = rows === all;
      if (quiet === true || (!isDone && clock.now() - toldAt < TELL_MS)) return;
      toldAt = clock.now();
      const line = `  ${part.padEnd(9)} ${showCount(rows)} of ${showCount(all)}`;
      if (isScreen) err.write(`\r${line}\x1b[K${isDone ? '\n' : ''}`);
      else tell(err, line);
      isOpen = isScreen && !isDone;
    },
    end(): void {
      if (isOpen) err.write('\n');
    },
  };
}

function movedLines({ to, from, rows, wasThere }: Moved, isInDatabase: boolean): string[] {
  const lines = [
    wasThere ? `The job was moved before: it is ${to}.` : `Moved: it is now ${to}.`,
    `  URLs     ${showCount(rows.urls)}, ${showCount(rows.queue)} of them queued`,
    `  from     ${from}, which is marked as moved`,
  ];
  return isInDatabase ? [...lines, 'Give other commands the same --store, or set GOSSAMER_STORE.'] : lines;
}
