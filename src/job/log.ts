// The job's log: one line of JSON for each decision, in logs/gossamer.jsonl. It tells what happened when, over all
// hosts, also for programs that monitor a crawl. For the story of one URL there is `why`. A log that cannot be written
// never stops a crawl: its lines wait, and the end of the run reports the missing ones.

import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';
import { LOG_BYTES_MAX, LOG_PENDING_CHARS_MAX } from '../base/limits.ts';
import { linkRefusal } from '../base/link.ts';
import { LOG_LEVELS, type LogLevel } from '../base/log-levels.ts';
import { troubleOf } from '../base/machine.ts';

type Level = Exclude<LogLevel, 'off'>;

export interface Log {
  /** Whether lines of this level are written; check it before you build an expensive line. */
  has(level: Level): boolean;
  /** `event` is one word; the fields are JSON values. */
  write(level: Level, event: string, fields: object): void;
  /** Resolves when all lines are written or have failed. */
  close(): Promise<void>;
  /** Why lines cannot be written; null if all were written. It is known at once if the file cannot be opened. */
  failure(): string | null;
}

/** Not through a link, which may lead to a file of somebody else, and not into a pipe that nobody reads. */
const APPENDING =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

const NO_LOG: Log = { has: () => false, write: () => {}, close: async () => {}, failure: () => null };

const FLUSH_AFTER_MS = 200;
/** JSON itself escapes only the C0 controls. These move cursors, reorder text or end lines in other programs. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Opens the log. Existing lines are kept; a large file is renamed to `.1`. Without a path there is no file. `listen`
 * receives every event, whatever its level.
 */
export async function openLog(
  path: string,
  level: LogLevel,
  clock: Clock,
  listen?: ((event: string, fields: object) => void) | undefined,
): Promise<Log> {
  const log = path === '' || level === 'off' ? NO_LOG : await openFile(path, level, clock);
  if (listen === undefined) return log;
  return {
    ...log,
    has: () => true,
    write(asked, event, fields) {
      listen(event, fields);
      log.write(asked, event, fields);
    },
  };
}

async function openFile(path: string, level: LogLevel, clock: Clock): Promise<Log> {
  const most = LOG_LEVELS.indexOf(level);
  let pending = '';
  let lost = 0;
  let timer: Timer | null = null;
  let writing: Promise<unknown> | null = null;
  let failure: unknown = await prepare(path);

  // Writes one piece at a time. While a slow disk takes it, new lines wait in `pending`, which is bounded.
  const flush = async (): Promise<void> => {
    timer?.cancel();
    timer = null;
    while (writing === null && pending !== '') {
      const lines = pending;
      pending = '';
      writing = append(path, lines);
      failure = await writing;
      writing = null;
      if (failure === null) continue;
      pending = lines + pending;
      timer ??= clock.after(FLUSH_AFTER_MS, flush);
      return;
    }
  };
  const add = (line: string): void => {
    // A disk that hangs must not fill the memory.
    if (pending.length + line.length > LOG_PENDING_CHARS_MAX) {
      lost += 1;
      return;
    }
    pending += line;
    lost = 0;
    timer ??= clock.after(FLUSH_AFTER_MS, flush);
  };

  return {
    has: (asked) => LOG_LEVELS.indexOf(asked) <= most,
    write(asked, event, fields) {
      if (LOG_LEVELS.indexOf(asked) > most) return;
      const gap = lost === 0 ? '' : lineOf(clock.wall(), 'warn', 'lines-lost', { lines: lost });
      add(gap + lineOf(clock.wall(), asked, event, fields));
    },
    async close() {
      await writing;
      await flush();
      timer?.cancel();
    },
    failure: () => (failure === null ? null : (troubleOf(failure)?.words ?? (failure as Error).message)),
  };
}

/** Formats one line, whatever the fields hold. */
export function lineOf(at: number, level: Level, event: string, fields: object): string {
  const json = JSON.stringify({ at: new Date(at).toISOString(), level, event, ...fields });
  return `${json.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** Null if the file can be written; otherwise the error. */
async function prepare(path: string): Promise<unknown> {
  await mkdir(dirname(path), { recursive: true }).catch(() => {});
  const failure = await append(path, '');
  const { size } = failure === null ? await lstat(path).catch(() => ({ size: 0 })) : { size: 0 };
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`).catch(() => {});
  return failure;
}

/**
 * Null if all lines were written; otherwise the error. After an error no part of these lines is in the file, so no line
 * is ever torn.
 */
async function append(path: string, lines: string): Promise<unknown> {
  let file: FileHandle | null = null;
  try {
    const folder = dirname(path);
    const refusal = linkRefusal(folder);
    if (refusal !== null) throw new Error(`${refusal}: mount the folder there`);
    if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`);
    const ofFile = linkRefusal(path);
    if (ofFile !== null) throw new Error(ofFile);
    file = await open(path, APPENDING);
    const { size } = await file.stat();
    await file.appendFile(lines).catch(async (error) => {
      await file!.truncate(size);
      throw error;
    });
    return null;
  } catch (error) {
    return error;
  } finally {
    await file?.close().catch(() => {});
  }
}
