// How the user calls this program, for the commands that it advises.

/**
 * Where npm started it (`npx gossamer`, or a script of a package), no shell finds the name alone. npm tells what it
 * started; something else that it started may have started us.
 */
export function programAsCalled({ npm_lifecycle_script: script }: NodeJS.ProcessEnv): string {
  return /^["']?gossamer\b/.test(script ?? '') ? 'npx gossamer' : 'gossamer';
}

export const PROGRAM = programAsCalled(process.env);
