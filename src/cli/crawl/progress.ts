// The display of a running crawl. It owns the lines that it drew on the terminal. While it is shown, only it writes
// there; others use `say`. Without a terminal it writes a plain line every few seconds.

import type { Progress } from '../../job/assemble.ts';
import { plain } from '../plain.ts';
import { isTerminal, type Manner, type Shell, tell, wantsColour } from '../shell.ts';
import {
  COLOURS,
  latencyText,
  NO_PAINT,
  progressLine,
  progressLines,
  ratesOf,
  type Sample,
  sampleOf,
  shortageText,
  slowText,
  troubleText,
  withSample,
} from './progress-lines.ts';

const REDRAW_MS = 200;
const FIRST_LINE_MS = 2_000;
const LINE_MS = 5_000;
const COLUMNS_DEFAULT = 80;

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_BELOW = '\x1b[J';

export interface Display {
  /** Prints a line for people that stays above the display. */
  say(line: string): void;
  /** Removes the display and restores the cursor. Calling it again does nothing. */
  close(): void;
}

/** Shows the figures of `progress` until it is closed. */
export function showProgress(shell: Shell, manner: Manner, progress: () => Progress): Display {
  if (manner.quiet === true) return { say: () => {}, close: () => {} };
  // Decisions are lines that stay, too many for a display below them.
  const isLive = isTerminal(shell.err, shell.environment) && manner.verbose !== true;
  return isLive ? onTerminal(shell, progress) : onLines(shell, manner, progress);
}

/**
 * News that was not reported yet: hosts with a long delay, traps, logins that are refused, that the archive cannot be
 * moved and, once, that the system allows fewer requests than wanted.
 */
function newsOf(): (progress: Progress) => string[] {
  let told = 0;
  let trapsTold = 0;
  let refusalsTold = 0;
  let isShortageTold = false;
  let wasTrouble = false;
  return (progress) => {
    const hosts = progress.slowHosts.slice(told);
    told += hosts.length;
    const traps = progress.traps.slice(trapsTold);
    trapsTold += traps.length;
    const refusals = progress.refusals.slice(refusalsTold);
    refusalsTold += refusals.length;
    const shortage = isShortageTold ? null : progress.shortage;
    isShortageTold ||= shortage !== null;
    const lines = [...hosts.map((host) => slowText(host, progress)), ...[...traps, ...refusals].map(plain)];
    const trouble = wasTrouble ? null : progress.archiveTrouble;
    wasTrouble = progress.archiveTrouble !== null;
    if (trouble !== null) lines.push(troubleText(trouble));
    return shortage === null ? lines : [shortageText(shortage), ...lines];
  };
}

function onTerminal(shell: Shell, progress: () => Progress): Display {
  const { err, clock } = shell;
  const paint = wantsColour(err, shell.environment) ? COLOURS : NO_PAINT;
  let samples: Sample[] = [];
  let linesDrawn = 0;
  let isOpen = true;

  const erased = (): string => (linesDrawn === 0 ? '' : `\x1b[${linesDrawn}A\r${CLEAR_BELOW}`);
  const draw = (): void => {
    const present = progress();
    samples = withSample(samples, sampleOf(present, clock.now()));
    // The last column stays free, because a terminal may wrap when it is written.
    const columns = (err.columns || COLUMNS_DEFAULT) - 1;
    const lines = progressLines(present, ratesOf(samples), columns, clock.wall(), paint);
    err.write(`${erased()}${lines.join('\n')}\n`);
    linesDrawn = lines.length;
  };
  const say = (line: string): void => {
    err.write(erased());
    linesDrawn = 0;
    tell(err, line);
    if (isOpen) draw();
  };
  const tellNews = newsOf();
  const news = (): void => {
    for (const line of tellNews(progress())) say(line);
  };
  const redraw = (): void => {
    news();
    draw();
  };
  const restore = (): void => void err.write(SHOW_CURSOR);
  process.once('exit', restore);
  err.write(HIDE_CURSOR);
  draw();
  const timer = clock.every(REDRAW_MS, redraw);

  return {
    say,
    close() {
      if (!isOpen) return;
      news();
      isOpen = false;
      timer.cancel();
      err.write(erased());
      linesDrawn = 0;
      process.off('exit', restore);
      restore();
    },
  };
}

function onLines(shell: Shell, manner: Manner, progress: () => Progress): Display {
  const { err, clock } = shell;
  let samples: Sample[] = [sampleOf(progress(), clock.now())];
  const tellNews = newsOf();
  const news = (): void => {
    for (const line of tellNews(progress())) tell(err, line);
  };
  const line = (): void => {
    const present = progress();
    samples = withSample(samples, sampleOf(present, clock.now()));
    news();
    tell(err, progressLine(present, ratesOf(samples), clock.wall()));
    if (manner.verbose !== true) return;
    for (const { host, inFlight, limit, latencyMs } of present.hosts) {
      if (inFlight > 0) tell(err, `  ${plain(host)}: ${inFlight} of ${limit} in flight, ${latencyText({ latencyMs })}`);
    }
  };
  news();
  // The crawl keeps the process alive, not its display; so the first line uses `every` too.
  let timer = clock.every(FIRST_LINE_MS, () => {
    timer.cancel();
    line();
    timer = clock.every(LINE_MS, line);
  });
  return {
    say: (text) => tell(err, text),
    close() {
      timer.cancel();
      news();
    },
  };
}
