// All faults, by name.

import { FILE_FAULTS } from './file-faults.ts';
import { MACHINE_FAULTS } from './machine-faults.ts';
import type { Trial } from './trial.ts';
import { WORLD_FAULTS } from './world-faults.ts';
import type { Written } from './written.ts';

export interface Fault {
  /** What `--fault` takes. */
  readonly name: string;
  /** A row of the table. */
  readonly group: string;
  /** `library`: a C compiler; `root`: mounting a small disk. */
  readonly needs: 'nothing' | 'library' | 'root';
  /** Takes long: only in the long part. */
  readonly isLong?: true;
  /** Times that it comes in a round of the long part; once where it is not given. */
  readonly weight?: number;
  readonly wanted?: Partial<Written>;
  readonly run: (trial: Trial) => Promise<void>;
}

export const FAULTS: readonly Fault[] = [...WORLD_FAULTS, ...MACHINE_FAULTS, ...FILE_FAULTS];
