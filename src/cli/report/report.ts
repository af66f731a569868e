// gossamer report [job]

import type { Command } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { PROGRAM } from '../../base/program.ts';
import { assertFreeOf } from '../../job/own-files.ts';
import type { Commands } from '../../views/report/html/lists.ts';
import { reportHtml } from '../../views/report/html/page.ts';
import { type Verdict, verdictOf } from '../../views/report/quality-gate.ts';
import { type Report, reportOf } from '../../views/report/report.ts';
import { createShape } from '../../views/report/shape.ts';
import { EXIT } from '../exit.ts';
import { intoFile } from '../export/into-place.ts';
import { findJob, isJob, storeOf, withLedger } from '../job.ts';
import { plain, plainLines } from '../plain.ts';
import { type JobManner, jsonText, print, quoted, type Shell, tell } from '../shell.ts';
import { addGate, tellVerdict } from './gate.ts';
import { reportLines } from './lines.ts';
import { reportMarkdown } from './markdown.ts';

const EXAMPLES = `
Examples:
  gossamer report                                 the only job under ./crawls
  gossamer report crawls/example.com --markdown   for a pull request
  gossamer report --html -o report.html           one page to send, with charts; it needs nothing else
  gossamer report --fail-on broken,5xx            exit code 10 if there are any
  gossamer report --accept 403,999                for a site that answers crawlers like this
  gossamer report --json | jq '.broken.urls[] | [.url, .referrers[0]]'`;

interface ReportManner extends JobManner {
  readonly markdown?: boolean;
  readonly html?: boolean;
  readonly output: string;
}

export function addReport(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command

    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .option('--markdown', 'print markdown')
    .option('--html', 'print a page that stands alone: lists and charts in one file, without scripts')
    .option('-o, --output <file>', 'the file to write; - is stdout', '-')
    .addHelpText('after', EXAMPLES);
  const gate = addGate(command, shell);
  return command.action(async (given: string | undefined, manner: ReportManner) => {
    const store = storeOf(manner, shell);
    const { conditions, accepted } = gate(given === undefined || (await isJob(given, store)) ? [] : [given]);
    assertOneForm(manner, shell);
    const folder = await findJob(given, store);
    if (manner.output !== '-') assertFreeOf(manner.output, folder);
    const { made, verdict } = await withLedger(folder, store, async (ledger) => {
      const shape = manner.html === true ? createShape(await ledger.job.runs()) : null;
      const now = shell.clock.wall();
      const report = await reportOf(folder, ledger, now, accepted, shape?.add);
      const verdict = conditions.length === 0 ? null : await verdictOf(report, ledger, conditions);
      const { roots } = await ledger.job.identity();
      const page = shape && reportHtml({ report, shape: shape.shape, roots, commands: commandsFor(folder), now });
      return { made: page ?? textOf(report, verdict, manner), verdict };
    });
    if (manner.output === '-') {
      if (manner.quiet !== true || isForPrograms(manner)) await print(shell, made);
    } else {
      await intoFile(manner.output, async (out) => void out.write(made));
      if (manner.quiet !== true) tell(shell.err, `The report is in ${manner.output}.`);
    }
    if (verdict !== null) tellVerdict(verdict, folder, shell);
    finish(verdict?.passed === false ? EXIT.gate : EXIT.finished);
  });
}

function isForPrograms({ json, markdown, html }: ReportManner): boolean {
  return json === true || markdown === true || html === true;
}

/** Throws UsageError if the options contradict each other. */
function assertOneForm({ json, markdown, html, output }: ReportManner, shell: Shell): void {
  const forms = Object.entries({ json, markdown, html }).flatMap(([name, isWanted]) => (isWanted ? [`--${name}`] : []));
  if (forms.length > 1) throw new UsageError(`${forms.join(' and ')}: give one of them.`);
  if (output.trim() === '') throw new UsageError(`-o: ${JSON.stringify(output)} is not the name of a file.`);
  if (html === true && output === '-' && shell.out.isTTY === true)
    throw new UsageError('--html cannot be shown in a terminal: give -o FILE, or use a pipe.');
}

/** The report in a form that a terminal can show. */
function textOf(report: Report, verdict: Verdict | null, { json, markdown }: ReportManner): string {
  if (json === true) return jsonText(verdict === null ? report : { ...report, gate: verdict });
  if (markdown === true) return plainLines(reportMarkdown(report));
  return reportLines(report)
    .map((line) => `${plain(line)}\n`)
    .join('');
}

/** The commands that list what a page leaves out. */
function commandsFor(folder: string): Commands {
  return {
    report: `${PROGRAM} report ${quoted(folder)} --json`,
    rows: `${PROGRAM} export csv ${quoted(folder)} -o urls.csv`,
  };
}
