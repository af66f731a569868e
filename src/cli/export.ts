// gossamer export <format> [job]

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { UsageError } from '../base/errors.ts';
import { exportJsonl } from '../views/jsonl.ts';
import { showCountOf } from './figures.ts';
import { findJob, withLedger } from './job.ts';
import { type Manner, printJson, type Shell, tell } from './shell.ts';

const FORMATS = ['jsonl'] as const;

const EXAMPLES = `
Formats: ${FORMATS.join(', ')}

Examples:
  gossamer export jsonl -o urls.jsonl
  gossamer export jsonl crawls/example.com | jq -r 'select(.status == 404) | .url'
  gossamer export jsonl --links -o graph.jsonl`;

interface ExportManner extends Manner {
  readonly output: string;
  readonly links?: boolean;
}

export function addExport(program: Command, shell: Shell, finish: (code: number) => void): Command {
  return program
    .command('export')
    .description('make a file of a job: one line a URL')
    .argument('<format>', FORMATS.join(', '))
    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .option('-o, --output <file>', 'where to; - is stdout', '-')
    .option('--links', 'give the links of each page, not only their number')
    .addHelpText('after', EXAMPLES)
    .action(async (format: string, given: string | undefined, manner: ExportManner) => {
      if (!FORMATS.some((each) => each === format)) {
        throw new UsageError(`${JSON.stringify(format)} is no format of export: there is ${FORMATS.join(', ')}.`);
      }
      if (manner.json === true && manner.output === '-')
        throw new UsageError('--json prints a summary on stdout: give -o FILE for the export itself.');
      const folder = findJob(given);
      const { rows } = await withLedger(folder, (ledger) => {
        const view = (out: Writable) => exportJsonl(ledger, null, { links: manner.links === true }, out);
        return manner.output === '-' ? view(shell.out) : intoFile(manner.output, view);
      });
      if (manner.json === true) await printJson(shell, { format, job: folder, file: manner.output, rows });
      else if (manner.quiet !== true)
        tell(shell.err, `${showCountOf(rows, 'URL')} written to ${manner.output === '-' ? 'stdout' : manner.output}.`);
      finish(0);
    });
}

// Under its own name the file is always whole: it is written beside it and renamed.
async function intoFile<T>(file: string, write: (out: Writable) => Promise<T>): Promise<T> {
  const unfinished = `${file}.${process.pid}.part`;
  const out = createWriteStream(unfinished, { flush: true });
  try {
    const result = await write(out);
    out.end();
    await finished(out);
    await rename(unfinished, file);
    return result;
  } catch (cause) {
    out.destroy();
    await rm(unfinished, { force: true });
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined || code === 'ENOSPC' || code === 'EIO') throw cause;
    throw new UsageError(`-o: ${JSON.stringify(file)} cannot be written: ${message}.`, { cause });
  }
}
