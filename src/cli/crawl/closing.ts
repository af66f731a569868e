// The lines at the end of a crawl.

import type { Ledger, StoppedBy, Summary } from '../../base/contracts.ts';
import { ERROR_CODES, type ErrorCode } from '../../base/errors.ts';
import { showCount, showCountOf, showRate, showSize, showSpan } from '../../base/figures.ts';
import { ROWS_COUNTED_MAX } from '../../base/limits.ts';
import { meaningOfError } from '../../base/meaning.ts';
import { PROGRAM } from '../../base/program.ts';
import type { RootsToTell, Run } from '../../job/assemble.ts';
import { ERRORS } from '../../views/report/words.ts';
import { isJob, withLedger } from '../job.ts';
import { folded, nextLines, type Step } from '../next-steps.ts';
import { quoted } from '../shell.ts';
import { waitLine } from './progress-lines.ts';

const STOPPED_WORDS: Readonly<Record<Exclude<StoppedBy, null>, string>> = {
  interrupt: 'interrupted',
  held: 'some hosts keep us waiting',
  size: 'the size limit is reached',
  time: 'the time limit is reached',
  limit: 'the URL limit is reached',
  // The sentence after it says what failed: the disk, a thread, or the number of open files.
  disk: 'the machine failed',
  database: 'the database failed',
  archive: 'the place of the archive failed',
};

/** What was done, what failed, where the job is, and what to type next. `now` is wall milliseconds. */
export async function closingLines(
  run: Pick<Run, 'folder' | 'rootsToTell' | 'alreadyFinished'> & {
    readonly store: string | null;
    readonly isJoined?: boolean;
  },
  summary: Summary,
  isSilent: boolean,
  now: number,
): Promise<string[]> {
  const { folder, store } = run;
  const kinds = folder !== '' && (await isJob(folder, store)) ? await withLedger(folder, store, failuresByKind) : [];
  const lines = summaryLines(summary, kinds);
  if (summary.waitingFor !== null) lines.push(waitLine(summary.waitingFor, now));
  lines.push(...(isSilent ? failureLines(run.rootsToTell) : rootLines(run.rootsToTell)));
  if (run.alreadyFinished) lines.splice(0, 1, 'This job was already finished.', ...(run.isJoined ? [] : BEGIN_ANEW));
  if (store?.startsWith('postgres') === true) lines.push(IN_DATABASE);
  if (folder !== '') lines.push('', ...nextLines(stepsOf(folder, summary)));
  return lines;
}

const IN_DATABASE = 'Its rows are in the database: give the same --store, or set GOSSAMER_STORE.';

const BEGIN_ANEW = ['--fresh deletes it and crawls again, -o DIR keeps it and starts a new one.'];

/** The message about lost records and how to retry their URLs. */
export function lostText(urls: number, folder: string): string {
  const what = `The archive has no record of ${showCountOf(urls, 'URL')} any more.`;
  return `${what} To retry them: ${PROGRAM} retry ${quoted(folder)} --lost`;
}

/** Why a crawl in which no root gave a response has failed. */
export function failureLines(roots: RootsToTell): string[] {
  return ['No root gave any response.', ...silentLines(roots.silent), ...rootLines(roots)];
}

/** What the user should know about the roots, and what to do about it. */
export function rootLines({ forbidden, untold }: Pick<RootsToTell, 'forbidden' | 'untold'>): string[] {
  return [...forbiddenLines(forbidden), ...untoldLines(untold)];
}

/** Why roots gave no response. */
export function silentLines(roots: RootsToTell['silent']): string[] {
  return roots.map(({ root, url, error, detail }) => {
    const where = url === root ? '' : `, which redirects to ${url}`;
    return `${root}${where}: ${error} (${detail === '' ? ERRORS[error] : detail})`;
  });
}

/** Which secrets were not sent to a root or to the target of its redirect. */
export function untoldLines(roots: RootsToTell['untold']): string[] {
  return roots.map(({ root, url, withheld, isDowngrade }) => {
    const { origin } = new URL(url);
    const how = root === url ? '' : `, to which ${root} redirects`;
    const advice = isDowngrade
      ? 'It is not https, as a root is. To send it there too, crawl that URL in a job without https roots.'
      : 'To send it there too, add that URL as a root.';
    return `${withheld.join(', ')}: not sent to ${origin}${how}. ${advice}`;
  });
}

const STATUS_FORBIDS =
  'its robots.txt has an error status, which forbids everything (401 and 403 do so with --robots-forbidden-denies)';

function forbiddenLines(roots: RootsToTell['forbidden']): string[] {
  if (roots.length === 0) return [];
  const lines = roots.map(({ root, url, line, text }) => {
    const where = url === root ? '' : `, which redirects to ${url}`;
    const rule = line === 0 ? text : `line ${line}, ${JSON.stringify(text)}`;
    return `robots.txt forbids ${root}${where}: ${rule || STATUS_FORBIDS}.`;
  });
  return [
    ...lines,
    'Begin at a URL that robots.txt allows, or ask the owner of the site to allow this crawler.',
    'If the site is your own, the same command with --no-robots --fresh crawls it.',
  ];
}

/** How many URLs failed with which error, most frequent first; empty if the job is too large to count. */
export async function failuresByKind(ledger: Ledger): Promise<[kind: string, count: number][]> {
  const { queued, leased, done, failed, skipped } = await ledger.job.counts();
  if (failed === 0 || queued + leased + done + failed + skipped > ROWS_COUNTED_MAX) return [];
  const counts = new Map<string, number>();
  for await (const rows of ledger.rows.all({ state: 'failed' })) {
    for (const { error } of rows) {
      const kind = error ?? 'unknown';
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** `kinds` comes from `failuresByKind`; it is empty if the failures were not counted. */
export function summaryLines(summary: Summary, kinds: readonly (readonly [string, number])[]): string[] {
  const { urls, requests, bytes, elapsedMs, job } = summary;
  const settled = urls.done + urls.failed;
  const pace = elapsedMs > 0 ? `, ${showRate((settled * 1000) / elapsedMs)} URLs/s` : '';
  const why = kinds.map(([kind, count]) => `${showCount(count)} ${kind}`).join(', ');
  const lines = [
    headline(summary),
    `  done     ${showCount(urls.done)}`,
    ...folded(`  failed   ${showCount(urls.failed)}${why === '' ? '' : `  (${why})`}`, INDENT),
    `  skipped  ${showCount(urls.skipped)}`,
  ];
  if (urls.queued + urls.leased > 0) lines.push(`  queued   ${showCount(urls.queued + urls.leased)}`);
  lines.push(`  took     ${showSpan(elapsedMs)}: ${showCountOf(requests, 'request')}, ${showSize(bytes)}${pace}`);
  if (job !== '') lines.push(`  job      ${job}`, ...passingLines(quoted(job), urls.failed, kinds));
  return [...lines, ...limitLines(summary)];
}

const INDENT = ' '.repeat('  failed   '.length);

/** Failures that may be temporary, and the command that retries them. */
function passingLines(job: string, failed: number, kinds: readonly (readonly [string, number])[]): string[] {
  if (failed > 0 && kinds.length === 0) {
    const what = 'Why URLs failed, and how to retry them:';
    return [what, `  ${PROGRAM} report ${job}`, `  ${PROGRAM} retry ${job} --error all`];
  }
  const passing = kinds.filter(([kind]) => mayPass(kind));
  if (passing.length === 0) return [];
  const count = showCountOf(
    passing.reduce((sum, [, each]) => sum + each, 0),
    'URL',
  );
  const them = count === '1 URL' ? 'it' : 'them';
  const command = `${PROGRAM} retry ${job} --error ${passing.map(([kind]) => kind).join(',')}`;
  return [`${count} failed for a reason that may be temporary. To retry ${them}:`, `  ${command}`];
}

/** How to continue after a limit that counts for all runs of a job: the same command would end at once. */
function limitLines({ stoppedBy }: Summary): string[] {
  const option = stoppedBy === null ? undefined : LIMITS_OF_THE_JOB[stoppedBy];
  if (option === undefined) return [];
  const what = `${option} counts for all runs of the job: the same command would end at once.`;
  return [what, `To continue, give a higher ${option}, or leave it out.`];
}

const LIMITS_OF_THE_JOB: Partial<Record<Exclude<StoppedBy, null>, string>> = {
  limit: '--limit',
  size: '--size-limit',
};

function mayPass(kind: string): boolean {
  const meaning = (ERROR_CODES as readonly string[]).includes(kind) ? meaningOfError(kind as ErrorCode) : null;
  return meaning !== null && (meaning.host === 'unreachable' || meaning.host === 'stalled');
}

export function headline({ state, stoppedBy }: Summary): string {
  if (state === 'finished') return 'Finished.';
  if (stoppedBy === null) return 'Unfinished.';
  const why = `Unfinished: ${STOPPED_WORDS[stoppedBy]}.`;
  return LIMITS_OF_THE_JOB[stoppedBy] === undefined ? `${why} Run the same command to continue.` : why;
}

function stepsOf(folder: string, { urls }: Summary): Step[] {
  const job = quoted(folder);
  const steps: Step[] = [
    [`${PROGRAM} export jsonl ${job} -o urls.jsonl`, 'one line per URL'],
    [`${PROGRAM} report ${job}`, 'what is broken'],
  ];
  if (urls.failed + urls.skipped > 0) steps.push([`${PROGRAM} why URL ${job}`, 'why it is so']);
  if (urls.queued > 0) steps.push([`${PROGRAM} status ${job}`, 'what it waits for']);
  return steps;
}
