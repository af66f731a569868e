// Requests that decide about their host: while one waits for room or is on its way, no URL of the host is leased. Only
// the gate calls this part.

import type { Outcome } from '../base/contracts.ts';
import { PROBE_ROOM_MS } from '../base/limits-of-logins.ts';
import { type Pace, released, roomOf } from '../politeness/pace.ts';
import type { HostState } from './host-state.ts';
import type { Passed, Refusal } from './settlement.ts';

/** What is requested to find something out. */
export interface Probed {
  readonly url: string;
  readonly host: string;
  readonly hostId: number;
  /** The host is held, and the request goes all the same. */
  readonly endsHold: boolean;
}

export interface ProbeParts {
  readonly now: () => number;
  readonly stateOf: (host: string, id: number) => Promise<HostState>;
  readonly pass: (
    state: HostState,
    asked: Probed & { readonly wasAsked: true },
    send: () => Promise<Outcome>,
  ) => Promise<Passed | { readonly refusal: Refusal }>;
  readonly change: (state: HostState, pace: Pace) => void;
}

export type Probe = (
  asked: Probed,
  send: () => Promise<Outcome>,
  /** Resolves after so many milliseconds, or with false if nothing is wanted any more. */
  wait: (ms: number) => Promise<boolean>,
) => Promise<Passed | null>;

/** Null if the host must not be asked. */
export function createProbe({ now, stateOf, pass, change }: ProbeParts): Probe {
  return async (asked, send, wait) => {
    const { host, hostId } = asked;
    const first = await stateOf(host, hostId);
    first.isProbed = true;
    if (asked.endsHold) first.pace = released(first.pace);
    try {
      for (;;) {
        const state = await stateOf(host, hostId);
        state.isProbed = true;
        if (state.pace.dead !== null || state.pace.isLeft) return null;
        const { take, notBefore } = roomOf(state.pace, now());
        if (take > 0) {
          const passed = await pass(state, { ...asked, wasAsked: true }, send);
          return passed.refusal === null ? passed : null;
        }
        // The end of a request to the host may make room sooner.
        if (!(await wait(Math.min(Math.max(1, notBefore - now()), PROBE_ROOM_MS)))) return null;
      }
    } finally {
      const state = await stateOf(host, hostId);
      state.isProbed = false;
      change(state, state.pace);
    }
  };
}
