// gossamer report [job]

import { type Command, Option } from 'commander';
import { UsageError } from '../base/errors.ts';
import { environmentName } from '../options.ts';
import { type Condition, conditionsOf, heldAgainst } from '../views/quality-gate.ts';
import { type Report, reportOf } from '../views/report.ts';
import { showCountOf } from './figures.ts';
import { FAIL_ON } from './flags.ts';
import { findJob, withLedger } from './job.ts';
import { reportLines } from './report-lines.ts';
import { reportMarkdown } from './report-markdown.ts';
import { type Manner, print, printJson, printLines, type Shell, tell } from './shell.ts';
import { EXIT } from './watch.ts';

const EXAMPLES = `
Examples:
  gossamer report                                 the only job under ./crawls
  gossamer report crawls/example.com --markdown   for a pull request
  gossamer report --fail-on broken,5xx            exit code 10 where there are any
  gossamer report --json | jq '.broken.urls[] | [.url, .referrers[0]]'`;

interface ReportManner extends Manner {
  readonly markdown?: boolean;
}

export function addReport(program: Command, shell: Shell, finish: (code: number) => void): Command {
  const command = program
    .command('report')
    .description('what a job found: status codes, broken links with their pages, redirects, slowest, largest')
    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .option('--markdown', 'print markdown')
    .addHelpText('after', EXAMPLES);
  const failOn = addFailOn(command, shell);
  return command.action(async (given: string | undefined, manner: ReportManner) => {
    const conditions = failOn();
    if (manner.json === true && manner.markdown === true)
      throw new UsageError('--json and --markdown: give one of them.');
    const folder = findJob(given);
    const report = await withLedger(folder, (ledger) => reportOf(folder, ledger, shell.clock.wall()));
    if (manner.json === true) await printJson(shell, report);
    else if (manner.markdown === true) await print(shell, reportMarkdown(report));
    else if (manner.quiet !== true) await printLines(shell, reportLines(report));
    finish(gateCode(report, conditions, shell));
  });
}

/** Gives the command `--fail-on`; the conditions are read, and refused, when they are asked for. */
export function addFailOn(command: Command, shell: Shell): () => readonly Condition[] {
  const typed: string[] = [];
  command.addOption(new Option(FAIL_ON.flags, FAIL_ON.doc).helpGroup('Gate:'));
  command.on('option:fail-on', (text: string) => void typed.push(text));
  const environment = shell.environment[environmentName(FAIL_ON.flags)] ?? '';
  return () => conditionsOf(typed.length > 0 ? typed : environment === '' ? [] : [environment]);
}

/** 10 where a condition holds, said in a sentence; else 0. */
export function gateCode(report: Report, conditions: readonly Condition[], shell: Shell): number {
  const held = heldAgainst(report, conditions);
  if (held.length === 0) return EXIT.finished;
  const what = held.map(([condition, urls]) => `${condition} (${showCountOf(urls, 'URL')})`).join(', ');
  tell(shell.err, `gossamer: --fail-on: ${what}.`);
  return EXIT.gate;
}
