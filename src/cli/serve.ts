// gossamer serve [job...]

import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../base/errors.ts';
import { type Served, serve } from '../serve/serve.ts';
import { placesOf } from '../serve/served-jobs.ts';
import { storeOf } from './job.ts';
import { type JobManner, printJson, printLines, type Shell, tell } from './shell.ts';

export const PORT = 7070;
export const ADDRESS = '127.0.0.1';

const EXAMPLES = `
The page shows the jobs: what each found, and live what it does. It is for this machine alone, and only who has the printed
address may look. Everything that it shows is also answered as JSON: /api/openapi.json describes it. /metrics is for Prometheus.

Examples:
  gossamer serve                          all jobs under ./crawls
  gossamer serve crawls/example.com       one job; also while another process crawls it
  gossamer serve --port 8080              another port; the next free one if it is taken
  gossamer crawl example.com --serve      beside a crawl: it can be paused and changed there`;

export interface PortManner {
  readonly port?: number;
  readonly host?: string;
}

interface ServeManner extends JobManner, PortManner {
  readonly store?: string;
}

export function addServe(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return addPort(command.argument('[jobs...]', 'folders of jobs, or folders with jobs in them; without any ./crawls'))
    .option('--store <url>', 'the database of the jobs, as it was given to the crawls')
    .addHelpText('after', EXAMPLES)
    .action(async (typed: string[], manner: ServeManner) => {
      const places = await placesOf(typed, storeOf(manner, shell));
      const served = await serve({ places, own: null, ...listenOptions(manner, shell) });
      if (manner.json === true) {
        const { url, origin, viewOrigin, token } = served;
        await printJson(shell, { url, origin, viewOrigin, token });
      } else {
        if (manner.quiet !== true) tell(shell.err, 'Open this address; Ctrl-C ends it.');
        await printLines(shell, [served.url]);
      }
      await untilInterrupted(served);
      finish(0);
    });
}

/** The options that say where to listen. */
export function addPort(command: Command): Command {
  return command
    .option('--port <n>', `the port of the page (${PORT}, or the next free one)`, portOf)
    .option('--host <address>', 'where to listen; an address that other machines reach lets them in (127.0.0.1)');
}

export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a number from 0 to 65535; 0 takes any free port.');
}

export function listenOptions({ port = PORT, host = ADDRESS }: PortManner, shell: Shell) {
  if (!/^[\w.:-]+$/.test(host)) throw new UsageError(`--host: ${JSON.stringify(host)} is not an address.`);
  const onBusy = (busy: number): void => tell(shell.err, `Port ${busy} is taken; the next one is tried.`);
  return { address: host, port, onBusy };
}

/** Resolves after Ctrl-C, when the servers are closed. */
export async function untilInterrupted(served: Served): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, () => resolve());
  await promise;
  await served[Symbol.asyncDispose]();
}
