// All faults, by name.

import { FILE_FAULTS } from './file-faults.ts';
import { MACHINE_FAULTS } from './machine-faults.ts';
import type { Trial } from './trial.ts';
import { WORLD_FAULTS } from './world-faults.ts';
import type { Written } from './written.ts';

/** `T` is what it acts on, `W` the options that it may want. */
export interface Fault<T = Trial, W = Written> {
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
  /** The long part tries it until it has counted so often, and so many times at least. */
  readonly atLeast?: number;
  readonly trials?: number;
  readonly wanted?: Partial<W>;
  readonly run: (on: T) => Promise<void>;
}

/** What all faults have, whatever they act on. */
export type AnyFault = Omit<Fault, 'run' | 'wanted'>;

export const FAULTS: readonly Fault[] = [...WORLD_FAULTS, ...MACHINE_FAULTS, ...FILE_FAULTS];
