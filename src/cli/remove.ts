// gossamer remove <url> [job]

import type { Command } from 'commander';
import { showCountOf } from '../base/figures.ts';
import { PROGRAM } from '../base/program.ts';
import { type Takedown, takeDown } from '../job/takedown.ts';
import { removeIndex } from '../search/open-index.ts';
import { jobLocation } from '../store/location.ts';
import { EXIT } from './exit.ts';
import { assertUrlFirst, findJob, findRow, storeOf, withLedger } from './job.ts';
import { type JobManner, printJson, printLines, type Shell, tell } from './shell.ts';

const EXAMPLES = `
The store forgets what it knew of the URL, and the archive loses its bytes, so later exports do not have them either. A row
stays that says so, and the job never requests the URL again. Other URLs with the same content keep it. Earlier exports
do not change: export again.

Examples:
  gossamer remove https://example.com/private.pdf
  gossamer remove https://example.com/private.pdf crawls/example.com --json`;

export function addRemove(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('<url>', 'the URL as found, or its key')
    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, given: string | undefined, manner: JobManner) => {
      const store = storeOf(manner, shell);
      await assertUrlFirst(url, given, store);
      const folder = await findJob(given, store);
      const locate = () => jobLocation(folder, store);
      const removed = await takeDown(folder, url, (ledger) => findRow(ledger, url), shell.clock, locate);
      // The full-text tables would keep the words of the page for a while.
      const hadIndex = await withLedger(folder, store, (ledger) => removeIndex(folder, ledger));
      const isThere = removed.row !== null || removed.records > 0;
      if (!isThere) tell(shell.err, `${url} was never seen in the job ${folder}.`);
      else if (manner.json === true)
        await printJson(shell, { job: folder, url: removed.row?.url ?? url, ...said(removed) });
      else if (manner.quiet !== true) {
        await printLines(shell, [text(removed, url)]);
        if (hadIndex)
          tell(shell.err, `The index for searches had its words and was deleted too: ${PROGRAM} index ${folder}.`);
      }
      finish(isThere ? EXIT.finished : EXIT.fatal);
    });
}

function said({ row, records, moved }: Takedown) {
  return { wasState: row?.state ?? null, records, moved };
}

function text({ row, records, moved }: Takedown, url: string): string {
  const others = moved === 0 ? '' : ` ${showCountOf(moved, 'other URL')} with the same content kept it.`;
  return `${row?.url ?? url} was removed, with ${showCountOf(records, 'record')} of the archive.${others}`;
}
