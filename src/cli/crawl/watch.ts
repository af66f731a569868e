// One run from its start to its exit code: the display, Ctrl-C, and the closing lines.

import type { StoppedBy, Summary } from '../../base/contracts.ts';
import { STOP_GRACE_MS } from '../../base/limits.ts';
import { PROGRAM } from '../../base/program.ts';
import type { Progress, Run } from '../../job/assemble.ts';
import type { Verdict } from '../../views/report/quality-gate.ts';
import { EXIT } from '../exit.ts';
import { tellVerdict } from '../report/gate.ts';
import { type Manner, printJson, printLines, quoted, type Shell, tell } from '../shell.ts';
import { closingLines, failureLines, headline, rootLines } from './closing.ts';
import { type Display, showProgress } from './progress.ts';

const STOPPED: Readonly<Record<Exclude<StoppedBy, null>, number>> = {
  interrupt: EXIT.interrupted,
  held: EXIT.held,
  size: EXIT.size,
  time: EXIT.time,
  limit: EXIT.limit,
  disk: EXIT.machine,
  database: EXIT.machine,
  archive: EXIT.machine,
};

interface Watched {
  /** The job's store, if it is not the usual one. */
  readonly store: string | null;
  /** The run joined a job that others began. */
  readonly isJoined?: boolean;
  /** Called for a run that finished. */
  readonly judge: (() => Promise<Verdict>) | null;
}

/** Shows the run until it is over and resolves to the exit code. */
export async function watchRun(
  run: Run,
  shell: Shell,
  manner: Manner,
  { store, judge, isJoined = false }: Watched = { store: null, judge: null },
): Promise<number> {
  const display = showProgress(shell, manner, run.progress);
  const release = obeySignals(run, display);
  const over = run.summary.finally(() => {
    release();
    display.close();
  });
  const summary = await over.catch(async (error) => {
    // Why the run ended stays true even if closing fails, so it is printed too, also in the document for scripts.
    const known = summaryIn(run.progress());
    if (manner.json === true) await printJson(shell, known);
    else if (manner.quiet !== true && known.stoppedBy !== null) tell(shell.err, headline(known));
    throw error;
  });
  const unlogged = run.logFailure();
  if (unlogged !== null) tell(shell.err, `The log could not be written and lacks lines: ${unlogged}.`);
  const indexed = run.indexer?.ended ?? null;
  if (indexed !== null && 'failure' in indexed)
    tell(shell.err, `The index is not whole: ${indexed.failure}. ${PROGRAM} index ${quoted(run.folder)} completes it.`);
  const { anyResponse } = run.progress();
  const isSilent = summary.state === 'finished' && !anyResponse && summary.urls.done === 0;
  const code = exitCodeOf(summary, isSilent);
  const verdict = judge !== null && code === EXIT.finished ? await judge() : null;
  if (manner.json === true) {
    for (const line of rootLines(run.rootsToTell)) tell(shell.err, line);
    await printJson(shell, judge === null ? summary : { ...summary, gate: verdict });
  } else if (manner.quiet !== true) {
    await printLines(shell, await closingLines({ ...run, store, isJoined }, summary, isSilent, shell.clock.wall()));
  } else if (isSilent) {
    for (const line of failureLines(run.rootsToTell)) tell(shell.err, line);
  }
  if (verdict === null || verdict.passed) return code;
  tellVerdict(verdict, run.folder, shell);
  return EXIT.gate;
}

/** Says before the first request that the log cannot be written. */
export function logLines({ logFailure }: Pick<Run, 'logFailure'>): string[] {
  const failure = logFailure();
  return failure === null ? [] : [`No log is written: ${failure}.`];
}

function summaryIn({
  inFlight,
  anyResponse,
  slowHosts,
  traps,
  shortage,
  archiveTrouble,
  ...summary
}: Progress): Summary {
  return summary;
}

function exitCodeOf(summary: Summary, isSilent: boolean): number {
  if (isSilent) return EXIT.fatal;
  if (summary.state === 'finished') return EXIT.finished;
  return summary.stoppedBy === null ? EXIT.fatal : STOPPED[summary.stoppedBy];
}

// The first signal stops gracefully, the second at once: everything settled is safe at any moment, so nothing needs to
// be waited for.
function obeySignals(run: Run, display: Display): () => void {
  let asked = false;
  const onSignal = (): void => {
    if (asked) {
      run.stop('now');
      display.close();
      process.exit(EXIT.interruptedNow);
    }
    asked = true;
    run.stop('gracefully');
    display.say(`Stopping: requests in flight have ${STOP_GRACE_MS / 1000} s to finish. Ctrl-C again ends at once.`);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
