// gossamer retry [job] [url...]

import { type Command, Option } from 'commander';
import type { Ledger, Row } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { showCount, showCountOf } from '../base/figures.ts';
import { PROGRAM } from '../base/program.ts';
import { type Retried, type RetryWanted, retryJob } from '../job/retry.ts';
import { jobLocation } from '../store/location.ts';
import { failuresByKind } from './crawl/closing.ts';
import { crawlCommand } from './crawl/command.ts';
import { EXIT } from './exit.ts';
import { findJob, findRow, jobsAmong, storeOf, withLedger } from './job.ts';
import { nextLines } from './next-steps.ts';
import { ERROR_WORDS, errorsOf, REASON_WORDS, reasonsOf, statusesOf } from './retry-words.ts';
import { type JobManner, printJson, printLines, type Shell, tell } from './shell.ts';

const HOSTS_SHOWN_MAX = 20;

const EXAMPLES = `
A URL that matches any of these options is queued again and keeps its earlier tries. Run the same gossamer crawl command to request it. Its earlier
result stays in the archive and in gossamer why. --reason robots fetches robots.txt again and obeys it. A URL that was skipped for scope,
depth, excluded, nofollow, logout or trap is requested because you asked for it; the usual rules apply to its links. The rules for private
addresses, ports and --host-limit still apply.

Examples:
  gossamer retry --error refused,reset        URLs that failed like this; timeout, dns, tls, http, redirect and all are families
  gossamer retry --status 5xx,429 --dry-run   how many URLs it would queue, by host
  gossamer retry --reason robots              what robots.txt forbade, in case it has changed
  gossamer retry --lost                       URLs whose record is missing in the archive
  gossamer retry crawls/example.com https://example.com/page`;

interface RetryManner extends JobManner {
  readonly reason?: readonly string[];
  readonly error?: readonly string[];
  readonly status?: readonly string[];
  readonly lost?: boolean;
  readonly dryRun?: boolean;
}

export function addRetry(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .argument('[url...]', 'URLs as found, or their keys')
    .addOption(list('--reason <list>', 'skipped for one of these reasons', REASON_WORDS))
    .addOption(list('--error <list>', 'failed with one of these errors', ERROR_WORDS))
    .addOption(list('--status <list>', 'answered with one of these: 404, 5xx', []))
    .option('--lost', 'whose record is missing in the archive')
    .option('--dry-run', 'show which URLs match, and change nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (first: string | undefined, others: string[], manner: RetryManner) => {
      const given = first === undefined ? [] : [first, ...others];
      const store = storeOf(manner, shell);
      const jobs = await jobsAmong(given, store);
      if (jobs.length > 1) throw new UsageError(`${jobs.join(' and ')} are two jobs: give one.`);
      const wanted: RetryWanted = {
        urls: given.filter((word) => !jobs.includes(word)),
        reasons: reasonsOf(manner.reason ?? []),
        errors: errorsOf(manner.error ?? []),
        statuses: statusesOf(manner.status ?? []),
        lost: manner.lost === true,
      };
      const folder = await findJob(jobs[0] ?? given.find(isPath), store);
      if (!isSelective(wanted)) throw new UsageError(await whichText(folder, store));
      const find = (ledger: Ledger, typed: string) => rowOf(folder, ledger, typed);
      const locate = () => jobLocation(folder, store);
      const retried = await retryJob(folder, wanted, find, shell.clock, manner.dryRun === true, locate);
      await show({ folder, store }, retried, shell, manner);
      finish(retried.unseen.length + retried.removed.length > 0 ? EXIT.fatal : EXIT.finished);
    });
}

/** Whether the word can only be a folder; a URL may be typed without its scheme. */
function isPath(word: string): boolean {
  return /^(?:\.{0,2}\/|crawls\/)/.test(word);
}

/** An option with words separated by commas; it may be repeated. */
function list(flags: string, doc: string, words: readonly string[]): Option {
  const option = new Option(flags, doc);
  if (words.length > 0) option.choices(words);
  return option.argParser((text: string, before: readonly string[] = []) => [...before, text]);
}

function isSelective({ urls, reasons, errors, statuses, lost }: RetryWanted): boolean {
  return lost || urls.length + reasons.length + errors.length + statuses.length > 0;
}

/** A mistyped folder must not change another job. */
async function rowOf(folder: string, ledger: Ledger, typed: string): Promise<Row | null> {
  const row = await findRow(ledger, typed);
  if (row !== null || typed.includes('://')) return row;
  throw new UsageError(`${JSON.stringify(typed)} is neither the folder of a job nor a URL of the job ${folder}.`);
}

async function whichText(folder: string, store: string | null): Promise<string> {
  const kinds = await withLedger(folder, store, failuresByKind);
  const had = kinds.map(([kind, count]) => `${showCount(count)} ${kind}`).join(', ');
  const failed = had === '' ? '' : ` Failed in ${folder}: ${had}.`;
  return `Say which URLs to retry: give URLs, --error, --reason, --status or --lost.${failed}`;
}

async function show(
  { folder, store }: { readonly folder: string; readonly store: string | null },
  retried: Retried,
  shell: Shell,
  manner: RetryManner,
): Promise<void> {
  const command = await withLedger(folder, store, async (ledger) => crawlCommand(folder, await ledger.job.identity()));
  const isDry = manner.dryRun === true;
  const { matched, lostRecords, unseen, removed } = retried;
  const urls = matched.reduce((sum, [, count]) => sum + count, 0);
  if (manner.json === true) {
    const hosts = matched.map(([host, count]) => ({ host, urls: count }));
    await printJson(shell, { job: folder, dryRun: isDry, urls, hosts, lostRecords, unseen, removed, next: command });
  } else if (manner.quiet !== true) {
    const gone =
      lostRecords === 0
        ? []
        : [`${showCountOf(lostRecords, 'record')} of earlier answers ${lostRecords === 1 ? 'is' : 'are'} gone too.`];
    await printLines(shell, [...matchedLines(matched, urls, isDry), ...gone, ...goingOn(urls, isDry, command)]);
  }
  for (const url of unseen) tell(shell.err, `${url} was never seen in the job ${folder}.`);
  for (const url of removed) tell(shell.err, `${url} was taken down, and stays so.`);
}

function matchedLines(matched: Retried['matched'], urls: number, isDry: boolean): string[] {
  if (urls === 0) return ['No URL matches that is not queued already. Nothing was changed.'];
  const verb = isDry ? 'would be' : urls === 1 ? 'is' : 'are';
  const shown = matched.slice(0, HOSTS_SHOWN_MAX).map(([host, count]) => `  ${showCount(count).padStart(9)}  ${host}`);
  const more = matched.length - shown.length;
  const rest = more > 0 ? [`  and of ${showCountOf(more, 'more host')}`] : [];
  return [`${showCountOf(urls, 'URL')} ${verb} queued again${isDry ? '; nothing is changed' : ''}:`, ...shown, ...rest];
}

function goingOn(urls: number, isDry: boolean, command: string | null): string[] {
  if (urls === 0) return [];
  if (isDry) return ['', 'Next: the same without --dry-run'];
  return ['', ...nextLines([[command ?? `the ${PROGRAM} crawl command of the job`, 'requests them']])];
}
