// gossamer report [job]

import type { Command } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { verdictOf } from '../../views/report/quality-gate.ts';
import { reportOf } from '../../views/report/report.ts';
import { EXIT } from '../exit.ts';
import { findJob, isJob, storeOf, withLedger } from '../job.ts';
import { plainLines } from '../plain.ts';
import { type JobManner, print, printJson, printLines, type Shell } from '../shell.ts';
import { addGate, tellVerdict } from './gate.ts';
import { reportLines } from './lines.ts';
import { reportMarkdown } from './markdown.ts';

const EXAMPLES = `
Examples:
  gossamer report                                 the only job under ./crawls
  gossamer report crawls/example.com --markdown   for a pull request
  gossamer report --fail-on broken,5xx            exit code 10 if there are any
  gossamer report --accept 403,999                for a site that answers crawlers like this
  gossamer report --json | jq '.broken.urls[] | [.url, .referrers[0]]'`;

interface ReportManner extends JobManner {
  readonly markdown?: boolean;
}

export function addReport(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command

    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .option('--markdown', 'print markdown')
    .addHelpText('after', EXAMPLES);
  const gate = addGate(command, shell);
  return command.action(async (given: string | undefined, manner: ReportManner) => {
    const store = storeOf(manner, shell);
    const { conditions, accepted } = gate(given === undefined || (await isJob(given, store)) ? [] : [given]);
    if (manner.json === true && manner.markdown === true)
      throw new UsageError('--json and --markdown: give one of them.');
    const folder = await findJob(given, store);
    const { report, verdict } = await withLedger(folder, store, async (ledger) => {
      const report = await reportOf(folder, ledger, shell.clock.wall(), accepted);
      return { report, verdict: conditions.length === 0 ? null : await verdictOf(report, ledger, conditions) };
    });
    if (manner.json === true) await printJson(shell, verdict === null ? report : { ...report, gate: verdict });
    else if (manner.markdown === true) await print(shell, plainLines(reportMarkdown(report)));
    else if (manner.quiet !== true) await printLines(shell, reportLines(report));
    if (verdict !== null) tellVerdict(verdict, folder, shell);
    finish(verdict?.passed === false ? EXIT.gate : EXIT.finished);
  });
}
