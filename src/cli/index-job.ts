// gossamer index [job]

import type { Command } from 'commander';
import { showCount, showCountOf, showSpan } from '../base/figures.ts';
import { PROGRAM } from '../base/program.ts';
import { letGarbageDouble } from '../job/memory.ts';
import { indexInThread } from '../job/thread-work.ts';
import { EXIT } from './exit.ts';
import { findJob, storeOf } from './job.ts';
import { isTerminal, type JobManner, printJson, type Shell, tell } from './shell.ts';

const EXAMPLES = `
The index is the file search.db in the job's folder. Give the command again after a crawl: it adds what is new. The file may
be deleted at any time.

Examples:
  gossamer index                        the only job under ./crawls
  gossamer index crawls/example.com && gossamer search "how to install" crawls/example.com`;

const PROGRESS_MS = 200;
const RENEWED = 'The index was damaged or of another version: it is made again.';

export function addIndex(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .addHelpText('after', EXAMPLES)
    .action(async (given: string | undefined, manner: JobManner) => {
      const store = storeOf(manner, shell);
      const folder = await findJob(given, store);
      const begunAt = shell.clock.now();
      const show = progressOn(shell, manner);
      const indexed = await indexAlone({ folder, store }, show.rows);
      show.end();
      const { pages, added, removed, barred, damages } = indexed;
      if (manner.json === true) {
        const unread = { unreadable: damages.count, damages: damages.first };
        await printJson(shell, { job: folder, pages, added, removed, barred, ...unread });
      } else if (manner.quiet !== true) {
        const took = showSpan(shell.clock.now() - begunAt);
        tell(shell.err, `${showCountOf(pages, 'page')} in the index: ${showCount(added)} added in ${took}.`);
        if (removed > 0) tell(shell.err, `${showCountOf(removed, 'page')} changed or gone.`);
        if (barred > 0) tell(shell.err, `${showCountOf(barred, 'page')} left out because they ask for it (noindex).`);
      }
      if (damages.count > 0)
        tell(
          shell.err,
          `gossamer: ${showCountOf(damages.count, 'page')} could not be read from the archive; ${PROGRAM} verify names them.`,
        );
      finish(damages.count === 0 ? EXIT.finished : EXIT.fatal);
    });
}

/**
 * For a command that does nothing else meanwhile, since V8 is told for all of the process. The tree of a page is
 * garbage soon, and in a lean heap V8 would look for it again and again.
 */
export function indexAlone(...given: Parameters<typeof indexInThread>): ReturnType<typeof indexInThread> {
  letGarbageDouble();
  return indexInThread(...given);
}

/** One line that changes, on a terminal only. */
export function progressOn({ err, environment, clock }: Shell, { quiet, json }: JobManner) {
  const isShown = isTerminal(err, environment) && quiet !== true && json !== true;
  let shownAt = Number.NEGATIVE_INFINITY;
  let isTold = false;
  return {
    rows(rows: number, isRenewed: boolean): void {
      if (isRenewed && !isTold && quiet !== true) tell(err, RENEWED);
      isTold ||= isRenewed;
      if (!isShown || clock.now() - shownAt < PROGRESS_MS) return;
      shownAt = clock.now();
      err.write(`\r${showCountOf(rows, 'URL')} looked at\x1b[K`);
    },
    end(): void {
      if (isShown) err.write('\r\x1b[K');
    },
  };
}
