// A process that cannot open another file: `ulimit -n` of a shell, with the rest used up.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** False if no shell supports it. */
export const hasLimits = process.platform !== 'win32';

/**
 * Runs the text of a module in a process that may have only `limit` files open, and returns what it prints. In the
 * module `useUp()` opens all that is left, and `giveBack()` closes it again.
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
