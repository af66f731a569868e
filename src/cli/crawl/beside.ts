// The page and the figures for Prometheus beside a crawl (`--serve`, `--metrics`).

import { type Command, Option } from 'commander';
import { systemClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import type { Hooks, Run } from '../../job/assemble.ts';
import { createObserver } from '../../job/observer.ts';
import { createSteering } from '../../job/steering.ts';
import type { CrawlOptions } from '../../options/options.ts';
import type { OwnJob } from '../../serve/live/own-job.ts';
import { type Served, serve } from '../../serve/serve.ts';
import { EXIT } from '../exit.ts';
import { addPort, listenOptions, type PortManner, portOf, untilInterrupted } from '../serve.ts';
import { type Shell, tell } from '../shell.ts';

export interface BesideManner extends PortManner {
  readonly serve?: boolean;
  readonly metrics?: number;
}

export function addBeside(command: Command): Command {
  return addPort(
    command
      .option('--serve', 'show the crawl on a page: watch it, pause it, change it; the page stays until Ctrl-C')
      .addOption(new Option('--metrics <port>', 'serve figures for Prometheus at /metrics').argParser(portOf)),
  );
}

/** What is beside a crawl; nothing if nobody wants it. */
export interface Beside {
  readonly hooks: Pick<Hooks, 'observer' | 'steering'>;
  /** Starts the servers. */
  start(run: Run): Promise<void>;
  /** The crawl is over, with this exit code. The page stays until Ctrl-C. */
  end(code: number): Promise<void>;
}

const NOTHING: Beside = { hooks: {}, start: async () => {}, end: async () => {} };

/** Throws UsageError if the job cannot be shown. */
export function besideCrawl(options: CrawlOptions, manner: BesideManner, shell: Shell): Beside {
  const { metrics } = manner;
  const isPage = manner.serve === true;
  if (!isPage && metrics === undefined) return NOTHING;
  if (options.store === 'memory:')
    throw new UsageError('--serve and --metrics need a stored job, not --store memory:.');
  const { concurrency, hostConcurrency, delayMs, limit, roots, store } = options;
  const observer = createObserver(systemClock);
  const steering = createSteering({ concurrency, hostConcurrency, delayMs, limit });
  const servers: Served[] = [];
  let own: OwnJob | null = null;
  const serveJob = async (job: OwnJob, port: PortManner, isMetricsOnly: boolean): Promise<Served> => {
    const places = { jobs: [job.run.folder], parents: [], store };
    const served = await serve({ places, own: job, isMetricsOnly, ...listenOptions(port, shell) });
    servers.push(served);
    return served;
  };
  return {
    hooks: { observer, steering },
    async start(run) {
      let isOver = false;
      const end = (): void => {
        isOver = true;
      };
      run.summary.then(end, end);
      own = { run, steering, observer, roots, stopping: false, isOver: () => isOver };
      if (isPage) tell(shell.err, `Open ${(await serveJob(own, manner, false)).url}`);
      if (metrics !== undefined) {
        const { url } = await serveJob(own, { ...manner, port: metrics }, true);
        tell(shell.err, `Figures at ${url}`);
      }
    },
    async end(code) {
      const isLeaving = (code === EXIT.interrupted && own?.stopping !== true) || !isPage;
      if (!isLeaving) {
        tell(shell.err, `The page stays until Ctrl-C.`);
        await untilInterrupted(servers[0]!);
      }
      for (const served of servers.slice(isLeaving ? 0 : 1)) await served[Symbol.asyncDispose]();
    },
  };
}
