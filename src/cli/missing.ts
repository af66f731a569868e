// What a command says of archive files that are not here.

import { showCountOf } from '../base/figures.ts';
import { PROGRAM } from '../base/program.ts';
import type { MissingFiles } from '../views/missing-files.ts';

/** One sentence for each worker. */
export function missingLines(missing: readonly MissingFiles[]): string[] {
  return missing.map(({ worker, machine, files }) => {
    const are = files.length === 1 ? 'is' : 'are';
    return `${showCountOf(files.length, 'archive file')} of worker ${worker}, on machine ${machine}, ${are} not here: copy its archive folder; if it is gone for good, ${PROGRAM} retry --lost requests its pages again.`;
  });
}
