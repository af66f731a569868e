// Creates the trap rules of a crawl.

import { type Clock, toWall } from '../base/clock.ts';
import type { Ledger } from '../base/contracts.ts';
import { createTrapWatch, NO_TRAPS, type TrapWatch } from '../crawl/trap-watch.ts';
import { fingerprintOf } from '../parse/fingerprint.ts';
import { createTraps } from '../traps/traps.ts';

/** A URL that the user wants to retry is not set aside as a trap again. */
export function openTraps(isOn: boolean, ledger: Ledger, clock: Clock): TrapWatch {
  if (!isOn) return NO_TRAPS;
  const traps = createTraps(fingerprintOf, () => new Date(toWall(clock, clock.now())).getUTCFullYear());
  return createTrapWatch(traps, async (id) => {
    const attempts = await ledger.rows.attempts(id);
    return attempts.some(({ takenBack }) => takenBack !== null);
  });
}
