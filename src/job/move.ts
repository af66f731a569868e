// Moves a job from one database to another. Its folder, with the archive and the logs, stays where it is.

import type { Clock } from '../base/clock.ts';
import { asMachineError } from '../base/machine.ts';
import { type Copied, moveJob, type TellCopied } from '../store/copy/copy.ts';
import type { JobLocation } from '../store/job-location.ts';

export interface Moved extends Copied {
  /** Where the job was and where it is now, as messages call them. */
  readonly from: string;
  readonly to: string;
}

/**
 * Throws JobError if another process works on the job, and if there is another job in the new place; and UsageError and
 * MachineError. A move that broke off goes on.
 */
export async function moveTo(from: JobLocation, to: JobLocation, clock: Clock, tell: TellCopied): Promise<Moved> {
  await using _from = await from.claim('alone');
  await using _to = await to.claim('alone');
  const source = await from.copySource(clock);
  try {
    const target = await to.copyTarget(clock);
    try {
      return { ...(await moveJob(source, target, tell)), from: source.shown, to: target.shown };
    } finally {
      await target.close();
    }
  } catch (error) {
    throw asMachineError(error, 'the job could not be moved');
  } finally {
    await source.close();
  }
}
