// gossamer status [job]

import type { Command } from 'commander';
import type { Ledger } from '../base/contracts.ts';
import { showCount, showCountOf, showSpan, showTime } from '../base/figures.ts';
import type { Lateness } from '../base/lateness.ts';
import { CRAWL_DELAY_UNTOLD_MS_MAX } from '../base/limits.ts';
import { readRobots } from '../job/assemble.ts';
import { agentsIn } from '../url/host-agents.ts';
import { type JobStatus, jobStatus } from '../views/report/job-summary.ts';
import { failuresByKind, summaryLines } from './crawl/closing.ts';
import { latencyText, slowText, waitLine } from './crawl/progress-lines.ts';
import { findJob, storeOf, withLedger } from './job.ts';
import { plain } from './plain.ts';
import { type JobManner, printJson, printLines, type Shell } from './shell.ts';

const HOSTS_SHOWN_MAX = 10;

const EXAMPLES = `
Examples:
  gossamer status                       the only job under ./crawls
  gossamer status crawls/example.com    also while it runs
  gossamer status --json | jq .urls`;

export function addStatus(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .addHelpText('after', EXAMPLES)
    .action(async (given: string | undefined, manner: JobManner) => {
      const store = storeOf(manner, shell);
      const folder = await findJob(given, store);
      await withLedger(folder, store, async (ledger) => {
        const now = shell.clock.wall();
        const status = await jobStatus(folder, ledger, now);
        if (manner.json === true) await printJson(shell, status.summary);
        else {
          const lines = statusLines(status, await failuresByKind(ledger), now);
          await printLines(shell, [...lines, ...(await slowLines(status, ledger))]);
        }
      });
      finish(0);
    });
}

/** Delays that hosts ask for and that make an unfinished job long. */
async function slowLines({ summary, runs }: JobStatus, { job }: Ledger): Promise<string[]> {
  if (summary.state === 'finished') return [];
  const agentOf = agentsIn(runs.at(-1)?.agent ?? '');
  const slow: string[] = [];
  for await (const hosts of job.hosts()) {
    for (const { host, robots } of hosts) {
      const body = robots?.body ?? null;
      const delayMs = body === null ? 0 : (readRobots(body, agentOf(host)).crawlDelayMs ?? 0);
      if (delayMs > CRAWL_DELAY_UNTOLD_MS_MAX) slow.push(`  slow     ${slowText({ host, delayMs }, summary)}`);
    }
  }
  return slow.slice(0, HOSTS_SHOWN_MAX);
}

/** `now` is wall milliseconds. */
export function statusLines(
  status: JobStatus,
  failures: readonly (readonly [string, number])[],
  now: number,
): string[] {
  const { summary, isRunning, wasKilled, inFlight, runs } = status;
  const lines = summaryLines(summary, failures);
  if (isRunning) {
    const last = runs.at(-1)!;
    lines[0] = `Running for ${showSpan(last.elapsedMs)}, ${showCount(inFlight)} in flight.`;
  }
  if (wasKilled) lines[0] = 'Unfinished: the last run broke off. Run the same command to continue.';
  for (const { name, machine, hosts, pagesPerSecond, seenAt } of summary.workers ?? []) {
    const where = name === machine ? '' : ` on ${plain(machine)}`;
    const pace = `${showCountOf(hosts, 'host')}, ${pagesPerSecond} pages/s`;
    lines.push(`  worker   ${plain(name)}${where}: ${pace}, seen ${showSpan(Math.max(0, now - seenAt))} ago`);
  }
  if (runs.length > 1) lines.push(`  runs     ${showCount(runs.length)}`);
  if (summary.loopLate !== null) lines.push(loopLine(summary.loopLate));
  const busy = summary.hosts.filter(({ inFlight }) => inFlight > 0).slice(0, HOSTS_SHOWN_MAX);
  for (const { host, inFlight, limit, latencyMs } of busy)
    lines.push(`  busy     ${host}: ${inFlight} of ${limit}, ${latencyText({ latencyMs })}`);
  return summary.state === 'finished' ? lines : [...lines, ...waitLines(status, now)];
}

/** A loop that is late reads answers late and lets hosts wait for their next request. */
function loopLine({ p999Ms, mostMs }: Lateness): string {
  return `  loop     at most ${showCount(mostMs)} ms late, and 99.9 % of the time at most ${showCount(p999Ms)} ms`;
}

/** What the crawl waits for; if no run is at work, what the last run waited for when it ended. */
function waitLines({ summary, isRunning, held }: JobStatus, now: number): string[] {
  const { waitingFor } = summary;
  const hosts = held.filter(({ heldUntil }) => !isRunning || heldUntil! > now).slice(0, HOSTS_SHOWN_MAX);
  const isTold = waitingFor === null || hosts.some(({ host }) => host === waitingFor.host);
  const lines = hosts.map(({ host, heldUntil, why }) => {
    const reason = why === null ? '' : `: ${plain(why)}`;
    if (heldUntil! <= now)
      return `  held     ${plain(host)} until ${showTime(heldUntil!, now)}, which is past${reason}`;
    return waitLine({ host, until: heldUntil, why: why ?? '' }, now);
  });
  return isTold ? lines : [waitLine(waitingFor, now), ...lines];
}
