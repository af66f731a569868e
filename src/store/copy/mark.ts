// The mark of a job that was moved, or that is being moved here. It is in the row of the job. At no moment can two
// copies of a job be crawled: a copy that arrives is refused until the one that it comes from has left.

import { JobError } from '../../base/errors.ts';
import { PROGRAM } from '../../base/program.ts';
import type { Key, Part } from './parts.ts';

/** A copy that is not whole yet. It has all rows before `part`, and of that part those up to the key. */
export interface Arriving {
  readonly state: 'arriving';
  /** Where it comes from. */
  readonly from: string;
  /** What the job was like there when the copy was begun. */
  readonly source: string;
  readonly part: Part;
  readonly after: Key;
  /** How many rows of the part are there. */
  readonly rows: number;
}

/** A job that is elsewhere now. */
export interface Left {
  readonly state: 'left';
  readonly to: string;
}

export type Mark = Arriving | Left;

/** The text in the database. */
export function markText(mark: Mark): string {
  return JSON.stringify(mark);
}

export function markOf(text: string | null): Mark | null {
  if (text === null) return null;
  const mark = JSON.parse(text) as Partial<Mark> | null;
  if (mark?.state !== 'arriving' && mark?.state !== 'left') throw new Error('store: the mark of a move is damaged');
  return mark as Mark;
}

/** Throws JobError if the job is not here. */
export function assertHere(shown: string, mark: Mark | null): void {
  if (mark === null) return;
  if (mark.state === 'left') {
    throw new JobError('moved', `${shown} was moved: the job is now ${mark.to}; give its --store`);
  }
  const advice = `give the same ${PROGRAM} move again, or go on there`;
  throw new JobError('moved', `${shown} is a copy that is not whole yet, of ${mark.from}; ${advice}`);
}
