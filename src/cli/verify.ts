// gossamer verify [job]

import type { Command } from 'commander';
import { showCount, showCountOf, showSize } from '../base/figures.ts';
import { holdingsOf } from '../job/open-contents.ts';
import { missingFiles } from '../views/missing-files.ts';
import { type Verification, verify } from '../views/verify/verify.ts';
import { lostText } from './crawl/closing.ts';
import { EXIT } from './exit.ts';
import { findJob, storeOf, withLedger } from './job.ts';
import { missingLines } from './missing.ts';
import { type JobManner, printJson, printLines, type Shell } from './shell.ts';

const SHOWN_MAX = 20;

const EXAMPLES = `
Examples:
  gossamer verify                       the only job under ./crawls
  gossamer verify crawls/example.com && echo well`;

export function addVerify(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .addHelpText('after', EXAMPLES)
    .action(async (given: string | undefined, manner: JobManner) => {
      const store = storeOf(manner, shell);
      const folder = await findJob(given, store);
      const { verdict, missing } = await withLedger(folder, store, async (ledger) => {
        const holdings = holdingsOf(folder, ledger);
        const verdict = await verify(holdings, ledger);
        return { verdict, missing: verdict.lost === 0 ? [] : await missingFiles(holdings, ledger) };
      });
      const lines = [...verdictLines(verdict, folder), ...missingLines(missing).map((line) => `  missing  ${line}`)];
      if (manner.json === true) await printJson(shell, verdict);
      else if (manner.quiet !== true || verdict.faultCount > 0) await printLines(shell, lines);
      finish(verdict.faultCount === 0 ? EXIT.finished : EXIT.fatal);
    });
}

function verdictLines(verdict: Verification, folder: string): string[] {
  const { files, records, digests, rows, archived, unarchived, lost, unsettledBytes, faultCount, faults } = verdict;
  const lines = [
    faultCount === 0 ? 'All is well.' : `${showCountOf(faultCount, 'fault')}:`,
    ...faults.slice(0, SHOWN_MAX).map(({ what, url, file, offset }) => {
      const place = file === null ? '' : `${file} at ${offset}: `;
      return `  ${place}${what}${url === null ? '' : `  (${url})`}`;
    }),
    `  archive  ${showCountOf(files, 'file')}, ${showCountOf(records, 'record')}, ${showCountOf(digests, 'digest')} computed again`,
    `  rows     ${showCount(rows)}, ${showCount(archived)} with their record`,
  ];
  if (unarchived > 0)
    lines.push(`  without  ${showCount(unarchived)} had a response but have no record: from a run with --no-archive`);
  if (unsettledBytes > 0)
    lines.push(
      `  beyond   ${showSize(unsettledBytes)} that no row refers to, from a run that is at work or was killed: the next run cuts it off`,
    );
  if (lost > 0) lines.push(`  lost     ${lostText(lost, folder)}`);
  return lines;
}
