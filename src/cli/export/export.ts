// gossamer export <format> [job]

import type { Command } from 'commander';
import type { JobIdentity } from '../../base/contracts.ts';
import { UsageError } from '../../base/errors.ts';
import { showCount, showCountOf } from '../../base/figures.ts';
import { keepGarbageSmall, keepHeapLean } from '../../job/memory.ts';
import { contentsOf, holdingsOf } from '../../job/open-contents.ts';
import { assertFreeOf } from '../../job/own-files.ts';
import { missingFiles } from '../../views/missing-files.ts';
import { EXIT } from '../exit.ts';
import { findJob, storeOf, withLedger } from '../job.ts';
import { missingLines } from '../missing.ts';
import { type JobManner, printJson, type Shell, tell } from '../shell.ts';
import { type Exported, type ExportJob, FORMATS, type Format } from './formats.ts';
import { intoFile, intoFolder } from './into-place.ts';

const LACKS_SHOWN_MAX = 20;
const NAMES = Object.keys(FORMATS);
const WIDTH = Math.max(...NAMES.map((name) => name.length));

const EXAMPLES = `
Formats:
${NAMES.map((name) => `  ${name.padEnd(WIDTH)}  ${FORMATS[name]!.about}`).join('\n')}

Exports read the job's store and archive and fetch nothing. They work at any time, also during a crawl and after an interrupted run.

Examples:
  gossamer export jsonl -o urls.jsonl
  gossamer export jsonl crawls/example.com | jq -r 'select(.status == 404) | .url'
  gossamer export jsonl --links -o graph.jsonl
  gossamer export wacz -o site.wacz     open it at https://replayweb.page

Exit codes: 0 done; 1 done, but a part of the archive could not be read or a page could not be written; 2 wrong usage; 3 the machine failed.`;

interface ExportManner extends JobManner {
  readonly output: string;
  readonly links?: boolean;
}

export function addExport(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('<format>', NAMES.join(', '))
    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .option('-o, --output <path>', 'the file to write, or for some formats a folder; - is stdout', '-')
    .option('--links', 'jsonl: list the links of each page, not only their number')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, given: string | undefined, manner: ExportManner) => {
      const format = formatOf(name, manner, shell);
      const store = storeOf(manner, shell);
      const folder = await findJob(given, store);
      if (manner.output !== '-') assertFreeOf(manner.output, folder);
      if (format.isInThread === true) keepHeapLean();
      else keepGarbageSmall();
      const { exported, missing } = await withLedger(folder, store, async (ledger) => {
        const holdings = holdingsOf(folder, ledger);
        const opened = { holdings, ledger, contents: contentsOf(holdings, ledger) };
        const job = { folder, store, ...opened, now: shell.clock.wall() };
        const exported = await make(format, job, manner, shell);
        const files = (exported.damages?.count ?? 0) === 0 ? [] : await missingFiles(holdings, ledger);
        const missing = [...missingLines(files), ...requisiteLines(format, await ledger.job.identity())];
        return { exported, missing };
      });
      await say(exported, { name, folder, manner }, shell);
      if (manner.quiet !== true) for (const line of missing) tell(shell.err, line);
      const lacking = (exported.damages?.count ?? 0) + (exported.unwritten?.count ?? 0);
      finish(lacking === 0 ? EXIT.finished : EXIT.fatal);
    });
}

function formatOf(name: string, { output, json }: ExportManner, shell: Shell): Format {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format === undefined)
    throw new UsageError(`${JSON.stringify(name)} is not an export format. The formats are ${NAMES.join(', ')}.`);
  if (output.trim() === '')
    throw new UsageError(`-o: ${JSON.stringify(output)} is not the name of a file or a folder.`);
  if (output !== '-') return format;
  if (format.kind === 'folder') throw new UsageError(`${name} makes a folder of files: give -o DIR.`);
  if (format.kind === 'binary' && shell.out.isTTY === true)
    throw new UsageError(`${name} cannot be shown in a terminal: give -o FILE, or use a pipe.`);
  if (json === true) throw new UsageError('--json prints a summary on stdout: give -o FILE for the export itself.');
  return format;
}

function make(format: Format, job: ExportJob, { output, links }: ExportManner, shell: Shell): Promise<Exported> {
  const to = output !== '-' ? 'file' : shell.out.isTTY === true ? 'terminal' : 'pipe';
  const options = { links: links === true, to } as const;
  if (format.kind === 'folder') return intoFolder(output, (folder) => format.write(job, options, folder));
  if (output === '-') return format.write(job, options, shell.out);
  return intoFile(output, (out) => format.write(job, options, out));
}

/** What the export lacks because the crawl did not fetch it. */
function requisiteLines({ withoutRequisites }: Format, { pageRequisites }: JobIdentity): string[] {
  if (pageRequisites || withoutRequisites === undefined) return [];
  return [
    `This job does not have the images, styles and scripts of its pages: ${withoutRequisites}.`,
    'To get them, crawl with --page-requisites into another folder, or with --fresh.',
  ];
}

interface Told {
  readonly name: string;
  readonly folder: string;
  readonly manner: ExportManner;
}

async function say(exported: Exported, { name, folder, manner }: Told, shell: Shell): Promise<void> {
  const { count, what, damages, unwritten } = exported;
  const { output, json, quiet } = manner;
  if (json === true) {
    const unread = damages === null ? {} : { unreadable: damages.count, damages: damages.first };
    const left = unwritten === undefined ? {} : { unwritten: unwritten.count, skipped: unwritten.first };
    await printJson(shell, { format: name, job: folder, file: output, rows: count, ...unread, ...left });
  } else if (quiet !== true) {
    tell(shell.err, `${showCountOf(count, what)} written to ${output === '-' ? 'stdout' : output}.`);
  }
  for (const line of lackLines(exported)) tell(shell.err, line);
}

/** What is missing in the export; the first few are named. */
function lackLines({ damages, unwritten }: Exported): string[] {
  const lines: string[] = [];
  if (damages !== null && damages.count > 0) {
    lines.push(`${showCount(damages.count)} could not be read from the archive; the rest was exported:`);
    for (const { file, offset, damage, url } of damages.first.slice(0, LACKS_SHOWN_MAX)) {
      lines.push(`  ${file} at ${offset}: ${damage}  (${url})`);
    }
  }
  if (unwritten !== undefined && unwritten.count > 0) {
    lines.push(
      `${showCount(unwritten.count)} could not be written and ${unwritten.count === 1 ? 'is' : 'are'} left out; the rest was exported:`,
    );
    for (const { url, why } of unwritten.first.slice(0, LACKS_SHOWN_MAX)) lines.push(`  ${url}: ${why}`);
  }
  return lines;
}
