// gossamer demo

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { PROGRAM } from '../../base/program.ts';
import { startCrawl } from '../../job/assemble.ts';
import { resolveOptions } from '../../options/options.ts';
import { commandLines } from '../next-steps.ts';
import { type Manner, printLines, quoted, type Shell, tell } from '../shell.ts';
import { addBeside, type BesideManner, besideCrawl } from './beside.ts';
import { decisionsTold } from './decisions.ts';
import { serveDemoSite } from './demo-site.ts';
import { demoWithWorkers } from './demo-workers.ts';
import { watchRun } from './watch.ts';

const EXAMPLES = `
Examples:
  gossamer demo
  gossamer demo -o my-demo    keep the job in ./my-demo
  gossamer demo --serve       show it on a page, slower, and searchable
  gossamer demo --workers 2   two processes share one job in PostgreSQL`;

export function addDemo(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return (
    addBeside(command)
      .option('-o, --output <dir>', "the job's folder; without it a new temporary folder")
      // The site has another port each time, so an earlier demo in that folder is a different job.
      .option('--fresh', 'delete an earlier job in that folder')
      .option('--workers <n>', 'crawl several sites with so many processes, which share a PostgreSQL', workersOf)
      .addHelpText('after', EXAMPLES)
      .action(async (manner: DemoManner) => {
        const output = manner.output ?? join(await mkdtemp(join(tmpdir(), 'gossamer-demo-')), 'job');
        if (manner.workers !== undefined) {
          return finish(await demoWithWorkers(manner.workers, output, shell, manner));
        }
        const site = await serveDemoSite(shell.clock);
        try {
          if (manner.quiet !== true) tell(shell.err, `Crawling ${site.root} into ${output}.`);
          const asked = { roots: site.root, output, fresh: manner.fresh === true, pageRequisites: true };
          const options = resolveOptions({ ...asked, ...(manner.serve === true && WATCHED) });
          const beside = besideCrawl(options, manner, shell);
          const run = await startCrawl(options, { ...decisionsTold(shell, manner), ...beside.hooks });
          await beside.start(run);
          const code = await watchRun(run, shell, manner);
          finish(code);
          if (manner.json !== true && manner.quiet !== true) await printLines(shell, hints(site.root, output));
          await beside.end(code);
        } finally {
          await site.close();
        }
      })
  );
}

/** Slow enough that somebody opens the page meanwhile, and searchable there. */
const WATCHED = { delayMs: 200, index: true } as const;

interface DemoManner extends Manner, BesideManner {
  readonly output?: string;
  readonly fresh?: boolean;
  readonly workers?: number;
}

const WORKERS_MAX = 16;

function workersOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= WORKERS_MAX) return count;
  throw new UsageError(`--workers: ${JSON.stringify(text)} is not a number from 1 to ${WORKERS_MAX}.`);
}

function hints(root: string, folder: string): string[] {
  const job = quoted(folder);
  const typed = (command: string): string[] => commandLines(`${PROGRAM} ${command}`).map((line) => `      ${line}`);
  return [
    '',
    'The site has a missing page, a folder that robots.txt forbids, and a page that',
    'moved. Look at them:',
    ...['missing', 'private/diary', 'old-address'].flatMap((path) => typed(`why ${root}${path} ${job}`)),
    'To get the archive as one file for https://replayweb.page:',
    ...typed(`export wacz ${job} -o demo.wacz`),
  ];
}
