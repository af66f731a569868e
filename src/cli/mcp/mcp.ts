// gossamer mcp [job...]

import type { Command } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { readOptions } from '../../options/read-options.ts';
import { EXIT } from '../exit.ts';
import { findJob, storeOf } from '../job.ts';
import { type JobManner, type Shell, tell } from '../shell.ts';
import { startMcpServer } from './server.ts';
import { toolsFor } from './tools.ts';

const EXAMPLES = `
The tools are crawl, status, search, read, links and map. A program starts this command and talks to it on stdin and stdout:

  {"mcpServers": {"gossamer": {"command": "npx", "args": ["gossamer", "mcp", "-o", "/home/me/crawls"]}}}

A tool sees only the jobs that are named here or, without any, those under -o; and those that it has begun itself. What it crawls
has bounds, and private addresses are refused, also if a tool asks for them, unless you give --allow-private.

Examples:
  gossamer mcp                                     jobs under ./crawls, and new ones there
  gossamer mcp crawls/example.com --no-crawl       one job, only to read
  gossamer mcp --limit 100 --time-limit 1m         smaller crawls`;

interface McpManner extends JobManner {
  readonly output: string;
  readonly crawl: boolean;
  readonly allowPrivate?: boolean;
  readonly limit: string;
  readonly timeLimit: string;
}

export function addMcp(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('[job...]', 'the folders of the jobs that tools may see; without any, all under -o')
    .option('-o, --output <dir>', 'the folder of the crawls that tools begin', 'crawls')
    .option('--no-crawl', 'offer no tool that crawls')
    .option('--allow-private', 'let tools crawl private and loopback addresses')
    .option('--limit <n>', 'the most URLs that one call may request', '1000')
    .option('--time-limit <time>', 'the most time that one call may crawl', '10m')
    .option('--store <url>', 'the database of the jobs, as it was given to the crawl')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string[], manner: McpManner) => {
      const store = storeOf(manner, shell);
      const folders: string[] = [];
      for (const job of given) folders.push(await findJob(job, store));
      if (manner.output.trim() === '') throw new UsageError('-o: "" is not the name of a folder.');
      const { limit, timeLimitMs } = boundsOf(manner, shell);
      const bounds = { limit: limit!, timeMs: timeLimitMs!, allowPrivate: manner.allowPrivate === true };
      const tools = toolsFor(folders, { home: manner.output, store, bounds: manner.crawl ? bounds : null }, shell);
      const server = await startMcpServer(tools, shell, (error) => tell(shell.err, `gossamer: ${error.message}.`));
      if (manner.verbose === true)
        tell(shell.err, `Serving ${tools.map(({ name }) => name).join(', ')} on stdin and stdout.`);
      const signalled = signal();
      const code = await Promise.race([server.gone.then(() => EXIT.finished), signalled.first]);
      await server.close();
      signalled.release();
      finish(code);
    });
}

/** Reads the values as `gossamer crawl` does. Throws UsageError. */
function boundsOf({ limit, timeLimit }: McpManner, { environment }: Shell) {
  const typed = [
    { name: 'limit', as: '--limit', text: limit },
    { name: 'timeLimitMs', as: '--time-limit', text: timeLimit },
  ] as const;
  return readOptions([ANY_ROOT], typed, environment);
}

/** Only to read the options before a root is known. */
const ANY_ROOT = 'localhost';

/** Resolves at the first Ctrl-C; the second one ends the process. */
function signal(): { readonly first: Promise<number>; release(): void } {
  const { promise: first, resolve } = Promise.withResolvers<number>();
  let asked = false;
  const onSignal = (): void => {
    if (asked) process.exit(EXIT.interruptedNow);
    asked = true;
    resolve(EXIT.interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const each of signals) process.on(each, onSignal);
  return {
    first,
    release() {
      for (const each of signals) process.off(each, onSignal);
    },
  };
}
