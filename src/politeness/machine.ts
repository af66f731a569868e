// Whether our own machine fails: no file handles left, or no network. Then no host is to blame: all hosts wait, one
// request at a time tests whether the fault is over, and no URL loses a try. Pure, like pace.ts: time is an argument,
// and it is the steady time.

import type { ErrorCode } from '../base/errors.ts';

export interface MachineHealth {
  /** No host is asked for anything before this time; 0 if the machine is well. */
  readonly heldUntil: number;
  /** When the current faults began. */
  readonly heldSince: number;
  /** Faults in a row; each doubles the pause. */
  readonly faults: number;
  readonly why: string;
  /** Hosts that used to answer and now cannot be reached, while nothing else has answered. */
  readonly suspects: readonly number[];
}

/** What one request tells about the machine. */
export type MachineEvent =
  | { readonly kind: 'answered' }
  /** The system had no resources left for the request. */
  | { readonly kind: 'fault'; readonly detail: string }
  /** A host that has answered before could not be reached. */
  | { readonly kind: 'unreachable'; readonly hostId: number; readonly code: ErrorCode };

const PAUSE_FIRST_MS = 1_000;
const PAUSE_MS_MAX = 60_000;
/**
 * The fewest unreachable hosts that point to our machine. One lost host is that host's problem; two at once, while
 * nothing answers, are ours.
 */
const SUSPECTS_MIN = 2;

export const WELL: MachineHealth = { heldUntil: 0, heldSince: 0, faults: 0, why: '', suspects: [] };

/** The health after an event; the same object if nothing changed. */
export function healthAfter(health: MachineHealth, event: MachineEvent, now: number): MachineHealth {
  if (event.kind === 'answered') return WELL;
  // Requests that were in flight when the pause began say nothing new.
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
