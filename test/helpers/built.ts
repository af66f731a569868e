// The program that tests start: what `npm test` built for its whole run (`test/setup.ts`), or the source where a test
// file runs by itself.

import { pathToFileURL } from 'node:url';

/** The variable that names the folder of what was built. */
export const BUILT = 'BUILT_FOR_TESTS';

/** The URL of that folder. */
export function builtUrl(): string | null {
  const folder = process.env[BUILT];
  return folder === undefined ? null : `${pathToFileURL(folder).href}/`;
}

export async function loadMain(): Promise<typeof import('../../src/cli/main.ts')> {
  const built = builtUrl();
  return built === null ? import('../../src/cli/main.ts') : import(`${built}cli/main.js`);
}
