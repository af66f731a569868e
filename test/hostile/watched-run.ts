// What watched.ts notes of a command that is run under it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Watched } from './watched.ts';

const WATCHED = fileURLToPath(new URL('./watched.ts', import.meta.url));
const fileOf = (job: string): string => `${job}.watched.json`;

/** The environment of a command that works on this job. */
export function watching(job: string): NodeJS.ProcessEnv {
  return { GOSSAMER_WATCHED: fileOf(job), NODE_OPTIONS: `--import ${WATCHED}` };
}

export function watchedIn(job: string): Watched {
  return JSON.parse(readFileSync(fileOf(job), 'utf8')) as Watched;
}
