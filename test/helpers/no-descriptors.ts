// A process in which no file can be opened any more: `ulimit -n` of a shell, and the rest of it used up.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** False where there is no shell that knows it. */
export const hasLimits = process.platform !== 'win32';

/**
 * Runs a module's text in a process that may have so few files open, and gives what it prints. `useUp()` in it opens
 * all that is left, and `giveBack()` closes them again.
 */
export async function withFewDescriptors(limit: number, text: string): Promise<string> {
  const begin = `
    import { closeSync, openSync } from 'node:fs';
    const taken = [];
    const useUp = () => { try { for (;;) taken.push(openSync('/dev/null', 'r')); } catch {} };
    const giveBack = () => { for (const file of taken.splice(0)) closeSync(file); };
  `;
  const script = `ulimit -n ${limit}; exec "$0" --input-type=module-typescript --eval "$1"`;
  const { stdout } = await run('/bin/sh', ['-c', script, process.execPath, begin + text]);
  return stdout;
}
