// Who the user is: the logins of the options and of the file that they name.

import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { NETRC_BYTES_MAX } from '../base/limits-of-logins.ts';
import { NetrcFault, readNetrc } from '../options/netrc.ts';
import type { CrawlOptions } from '../options/options.ts';
import { type MachineLogin, type RequestFields, requestFields } from '../options/request-fields.ts';
import type { Log } from './log.ts';
import { textIn } from './text-in.ts';

/** @throws UsageError if the file cannot be read. */
export async function fieldsOf(options: CrawlOptions): Promise<RequestFields> {
  return requestFields(options, await machineLogins(options));
}

async function machineLogins(options: CrawlOptions): Promise<MachineLogin[]> {
  const file = netrcOf(options);
  if (file === null) return [];
  const text = textIn(file, '--netrc');
  if (text.length > NETRC_BYTES_MAX) throw new UsageError(`--netrc: ${file} is too long for a .netrc.`);
  try {
    return readNetrc(text);
  } catch (cause) {
    if (cause instanceof NetrcFault) throw new UsageError(`--netrc: ${file}, ${cause.message}.`, { cause });
    throw cause;
  }
}

function netrcOf({ netrc, netrcFile }: Pick<CrawlOptions, 'netrc' | 'netrcFile'>): string | null {
  return netrcFile ?? (netrc ? join(homedir(), '.netrc') : null);
}

/** A sentence if others can read the passwords in the file; null if not. */
export async function netrcWarning(options: CrawlOptions): Promise<string | null> {
  const file = netrcOf(options);
  if (file === null || process.platform === 'win32') return null;
  const { mode } = await stat(file);
  return (mode & 0o077) === 0 ? null : `${file} can be read by others on this machine: chmod 600 ${file}`;
}

export interface Refusals {
  /** One sentence for each realm that refuses the password. The list grows. */
  readonly told: readonly string[];
  readonly onRefused: (origin: string, what: string) => void;
}

export function createRefusals(log: Pick<Log, 'write'>): Refusals {
  const told: string[] = [];
  return {
    told,
    onRefused(origin, what) {
      log.write('warn', 'login-refused', { origin, why: what });
      told.push(`${origin}: ${what}. It is not sent there again in this run.`);
    },
  };
}
