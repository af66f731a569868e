// The rules for traps, as a crawl has them.

import { type Clock, toWall } from '../base/clock.ts';
import type { Ledger } from '../base/contracts.ts';
import { createTrapWatch, NO_TRAPS, type TrapWatch } from '../crawl/trap-watch.ts';
import { fingerprintOf } from '../parse/fingerprint.ts';
import { createTraps } from '../traps/traps.ts';

/** What the user has asked for again is not set aside again. */
export function openTraps(isOn: boolean, ledger: Ledger, clock: Clock): TrapWatch {
  if (!isOn) return NO_TRAPS;
  const traps = createTraps(fingerprintOf, () => new Date(toWall(clock, clock.now())).getUTCFullYear());
  return createTrapWatch(traps, async (id) => {
    const attempts = await ledger.rows.attempts(id);
    return attempts.some(({ takenBack }) => takenBack !== null);
  });
}
