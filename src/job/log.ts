// The job's log: one line of JSON a decision, in logs/gossamer.jsonl. Whoever wants more of a URL asks `why`; the log is for what
// happened when, over all hosts, and for machines that watch. A log that cannot be written never stops a crawl: its lines wait, and what is
// missing in the end is told.

import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';
import { LOG_BYTES_MAX, LOG_PENDING_CHARS_MAX } from '../base/limits.ts';
import { LOG_LEVELS, type LogLevel } from '../base/log-levels.ts';
import { troubleOf } from '../base/machine.ts';

type Level = Exclude<LogLevel, 'off'>;

export interface Log {
  /** Lines of this level are written; asked before a costly line is put together. */
  has(level: Level): boolean;
  /** `event` is a word; the fields are what JSON can say. */
  write(level: Level, event: string, fields: object): void;
  /** Resolves once all lines are written, or could not be. */
  close(): Promise<void>;
  /** Why lines are not written; null where all are. */
  failure(): string | null;
}

const NO_LOG: Log = { has: () => false, write: () => {}, close: async () => {}, failure: () => null };

const FLUSH_AFTER_MS = 200;
/** JSON itself escapes only the C0 controls; these move cursors, reorder text or end lines elsewhere. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Opens the log; what is there is kept, and set aside as `.1` where it is large. Without a path there is no file. `listen` hears all that the
 * log is told, whatever its level.
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
  await prepare(path);
  const most = LOG_LEVELS.indexOf(level);
  let pending = '';
  let lost = 0;
  let timer: Timer | null = null;
  let writing: Promise<unknown> | null = null;
  let failure: unknown = null;

  // One piece at a time: what comes while a slow disk takes it waits in `pending`, which is bounded.
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
    // A disk that hangs must not fill the memory instead.
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

/** One line, whatever the fields hold. */
export function lineOf(at: number, level: Level, event: string, fields: object): string {
  const json = JSON.stringify({ at: new Date(at).toISOString(), level, event, ...fields });
  return `${json.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

async function prepare(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch(() => {});
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`).catch(() => {});
}

/** Null where all was taken; else why not, and then nothing of it was: a line is never torn. */
async function append(path: string, lines: string): Promise<unknown> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, 'a');
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
