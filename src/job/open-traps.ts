// Creates the trap rules of a crawl.

import { type Clock, toWall } from '../base/clock.ts';
import { createTrapWatch, NO_TRAPS, type TrapWatch } from '../crawl/trap-watch.ts';
import { fingerprintOf } from '../parse/fingerprint.ts';
import type { Store } from '../store/store.ts';
import { createTraps } from '../traps/traps.ts';

export function openTraps(isOn: boolean, clock: Clock, { resumed, worker }: Store): TrapWatch {
  if (!isOn) return NO_TRAPS;
  const yearNow = (): number => new Date(toWall(clock, clock.now())).getUTCFullYear();
  return createTrapWatch(createTraps(fingerprintOf, yearNow, resumed || worker !== null), clock.turn);
}
