// What the faults of the world have in common.

import type { Running } from './crawl-process.ts';
import type { Fault } from './faults.ts';
import type { Act, Trial } from './trial.ts';

/** When so many pages have been asked for, does something to the run, with the last of them in flight. */
export function amid(trial: Trial, most: number, what: (run: Running) => void | Promise<void>): Act {
  const requests = trial.upTo(most);
  return async (run) => {
    await trial.site.requested(requests);
    if (run.isOver) return;
    trial.fired();
    await what(run);
  };
}

export function world(name: string, group: string, run: Fault['run'], more: Partial<Fault> = {}): Fault {
  return { name, group, needs: 'nothing', weight: more.isLong === true ? 1 : 3, run, ...more };
}

/** Resolves when the process has said so. */
export function said(run: Running, text: string): Promise<void> {
  return new Promise((resolve) => run.child.stderr!.on('data', (piece: Buffer) => piece.includes(text) && resolve()));
}
