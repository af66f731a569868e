// Whether it is our own machine that fails: no file handles left, no network. Then no host is to blame, so all of them wait, one
// request at a time finds out whether it is over, and nobody loses a try. Pure, as pace.ts is: time is an argument, and
// it is the steady time.

import type { ErrorCode } from '../base/errors.ts';

export interface MachineHealth {
  /** Nothing is asked of any host before; 0 where all is well. */
  readonly heldUntil: number;
  /** Since when. */
  readonly heldSince: number;
  /** Faults in a row, for the doubling. */
  readonly faults: number;
  readonly why: string;
  /** Hosts that used to answer and cannot be reached, while nothing else has answered. */
  readonly suspects: readonly number[];
}

/** What one request says about the machine. */
export type MachineEvent =
  | { readonly kind: 'answered' }
  /** The system had nothing to make the request with. */
  | { readonly kind: 'fault'; readonly detail: string }
  /** A host that has answered before could not be reached. */
  | { readonly kind: 'unreachable'; readonly hostId: number; readonly code: ErrorCode };

const PAUSE_FIRST_MS = 1_000;
const PAUSE_MS_MAX = 60_000;
/** One host that is gone is that host's matter; two at once, and nothing that answers, is ours. */
const SUSPECTS_MIN = 2;

export const WELL: MachineHealth = { heldUntil: 0, heldSince: 0, faults: 0, why: '', suspects: [] };

/** The health after an event; the very same object where nothing changed. */
export function healthAfter(health: MachineHealth, event: MachineEvent, now: number): MachineHealth {
  if (event.kind === 'answered') return WELL;
  // What was in flight when the pause began says nothing new.
  if (health.heldUntil > now) return health;
  if (event.kind === 'fault') return paused(health, event.detail, now);
  const { suspects } = health;
  const all = suspects.includes(event.hostId) ? suspects : [...suspects, event.hostId];
  if (health.faults === 0 && all.length < SUSPECTS_MIN) return { ...health, suspects: all };
  return paused({ ...health, suspects: all }, `no host can be reached: ${event.code}`, now);
}

function paused(health: MachineHealth, why: string, now: number): MachineHealth {
  const pauseMs = Math.min(PAUSE_FIRST_MS * 2 ** health.faults, PAUSE_MS_MAX);
  return {
    ...health,
    heldUntil: now + pauseMs,
    heldSince: health.faults === 0 ? now : health.heldSince,
    faults: health.faults + 1,
    why,
  };
}
