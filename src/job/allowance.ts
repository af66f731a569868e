// How many requests may be in flight: as many as the user asks for, as far as the system has something to make them with. It owns that number,
// which falls where the system refuses and rises again while it does not.

import type { Clock } from '../base/clock.ts';
import type { Fetch, Outcome } from '../base/contracts.ts';
import { connectionsMost, type Descriptors } from './descriptors.ts';

/** Fewer are in flight than the user asks for. */
export interface Shortage {
  readonly most: number;
  readonly asked: number;
  /** Files that the process may have open; null where that is not known. */
  readonly limit: number | null;
  /** The system's name of what is lacking (`EMFILE`); empty where it was never asked for more than it gives. */
  readonly why: string;
}

export interface Allowance {
  most(): number;
  /** Requests that are on their way now, and the most that were. */
  readonly onWire: { readonly inFlight: number; readonly peakInFlight: number };
  /** The same, whose outcomes are looked at. */
  watched(fetch: Fetch): Fetch;
  /** Null as long as nothing is lacking. */
  shortage(): Shortage | null;
}

/** What a system says where it has nothing left to make a connection with, and may have later. */
const LACKING = /\b(EMFILE|ENFILE|ENOBUFS|ENOMEM|EAGAIN|EADDRNOTAVAIL)\b/;
/** For so long nothing was lacking, and one more of so many is tried. */
const GROW_AFTER_MS = 5_000;
const STEPS = 8;

/** `asked` is what the user asks for. */
export function createAllowance(clock: Clock, asked: number, given: Descriptors): Allowance {
  const ceiling = Math.min(asked, connectionsMost(given));
  let most = ceiling;
  let changedMs = Number.NEGATIVE_INFINITY;
  let why = '';
  const onWire = { inFlight: 0, peakInFlight: 0 };

  const look = (outcome: Outcome, beganMs: number): void => {
    const lacking = outcome.error === 'machine' ? (LACKING.exec(outcome.detail)?.[0] ?? null) : null;
    // All that began before the last change say the same.
    if (lacking !== null && beganMs > changedMs) {
      most = Math.max(1, Math.min(most, onWire.inFlight) - Math.ceil(Math.min(most, onWire.inFlight) / STEPS));
      why = lacking;
    } else if (lacking === null && most < ceiling && clock.now() - changedMs >= GROW_AFTER_MS) {
      most = Math.min(ceiling, most + Math.ceil(most / STEPS));
    } else return;
    changedMs = clock.now();
  };
  return {
    most: () => most,
    onWire,
    watched: (fetch) => async (request, signal) => {
      const beganMs = clock.now();
      onWire.inFlight += 1;
      onWire.peakInFlight = Math.max(onWire.peakInFlight, onWire.inFlight);
      const outcome = await fetch(request, signal);
      look(outcome, beganMs);
      onWire.inFlight -= 1;
      return outcome;
    },
    shortage: () => (ceiling === asked && why === '' ? null : { most, asked, limit: given.limit, why }),
  };
}
