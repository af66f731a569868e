// gossamer report [job]

import { type Command, Option } from 'commander';
import { UsageError } from '../base/errors.ts';
import { environmentName } from '../options.ts';
import { acceptedOf } from '../views/accepted.ts';
import { type Condition, conditionsOf, heldAgainst } from '../views/quality-gate.ts';
import { type Report, reportOf } from '../views/report.ts';
import { showCountOf } from './figures.ts';
import { ACCEPT, FAIL_ON } from './flags.ts';
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
  gossamer report --accept 403,999                where a site answers robots so, and people well
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
  const gate = addGate(command, shell);
  return command.action(async (given: string | undefined, manner: ReportManner) => {
    const { conditions, accepted } = gate();
    if (manner.json === true && manner.markdown === true)
      throw new UsageError('--json and --markdown: give one of them.');
    const folder = findJob(given);
    const report = await withLedger(folder, (ledger) => reportOf(folder, ledger, shell.clock.wall(), accepted));
    if (manner.json === true) await printJson(shell, report);
    else if (manner.markdown === true) await print(shell, reportMarkdown(report));
    else if (manner.quiet !== true) await printLines(shell, reportLines(report));
    finish(gateCode(report, conditions, shell));
  });
}

export interface Gate {
  readonly conditions: readonly Condition[];
  readonly accepted: readonly string[];
}

/** Gives the command `--fail-on` and `--accept`; what they say is read, and refused, when it is asked for. */
export function addGate(command: Command, shell: Shell): () => Gate {
  const failOn = addRepeated(command, shell, FAIL_ON);
  const accept = addRepeated(command, shell, ACCEPT);
  return () => ({ conditions: conditionsOf(failOn()), accepted: acceptedOf(accept()) });
}

/** What was typed, every time, or else stands in the environment. */
function addRepeated(command: Command, shell: Shell, { flags, doc }: typeof FAIL_ON): () => readonly string[] {
  const typed: string[] = [];
  const option = new Option(flags, doc).helpGroup('Gate:');
  command.addOption(option);
  command.on(`option:${option.name()}`, (text: string) => void typed.push(text));
  const environment = shell.environment[environmentName(flags)] ?? '';
  return () => (typed.length > 0 || environment === '' ? typed : [environment]);
}

/** 10 where a condition holds, said in a sentence; else 0. */
export function gateCode(report: Report, conditions: readonly Condition[], shell: Shell): number {
  const held = heldAgainst(report, conditions);
  if (held.length === 0) return EXIT.finished;
  const what = held.map(([condition, urls]) => `${condition} (${showCountOf(urls, 'URL')})`).join(', ');
  tell(shell.err, `gossamer: --fail-on: ${what}.`);
  return EXIT.gate;
}
