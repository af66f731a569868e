// The command that continues a job, as a user types it.

import { resolve } from 'node:path';
import type { JobIdentity } from '../../base/contracts.ts';
import { PROGRAM } from '../../base/program.ts';
import { usualFolder } from '../../options/options.ts';
import { quoted } from '../shell.ts';

const ROOTS_SHOWN_MAX = 5;

/** The options that identify the job; null if it has too many roots to type. */
export function crawlCommand(folder: string, identity: JobIdentity): string | null {
  const { roots, include, exclude, depth, pageRequisites, keepParameters } = identity;
  if (roots.length > ROOTS_SHOWN_MAX) return null;
  const [scope = 'host', strict] = identity.scope.split(' ');
  const words = [PROGRAM, 'crawl', ...roots.map(quoted)];
  if (resolve(folder) !== resolve(usualFolder(roots))) words.push('-o', quoted(folder));
  if (scope !== 'host') words.push('--scope', scope);
  if (strict !== undefined) words.push('--strict');
  if (depth !== null) words.push('--depth', String(depth));
  for (const pattern of include) words.push('--include', quoted(pattern));
  for (const pattern of exclude) words.push('--exclude', quoted(pattern));
  if (pageRequisites) words.push('--page-requisites');
  if (keepParameters === true) words.push('--keep-parameters');
  return words.join(' ');
}
