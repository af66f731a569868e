// What people are told of hosts: the figures of the busiest, and which is held. Of the hosts that left the memory it
// keeps the few with the most requests, and the one whose hold ends first. No decision depends on it.

import type { HostFigures } from '../base/contracts.ts';
import { HOST_FIGURES_MAX } from '../base/limits.ts';
import { latencyOf } from '../politeness/limit.ts';
import { openAt, type Pace } from '../politeness/pace.ts';
import type { HostState } from './host-state.ts';

export interface Held {
  readonly host: string;
  /** Set if our own machine must wait, not a host. */
  readonly isMachine?: true;
  /** Steady time; `Infinity` if the host is left for another run. */
  readonly until: number;
  readonly why: string;
}

export interface Wait {
  readonly why: string;
  /** The wait is the delay between two requests, which comes back after each request. */
  readonly isDelay: boolean;
}

type Told = Pick<HostState, 'host' | 'pace' | 'requests'>;

export interface HostTellings {
  /** The host is not in memory any more. */
  left(state: HostState, now: number): void;
  /** The host is in memory again. */
  cameBack(state: HostState): void;
  /**
   * The hosts that were asked for something: the busiest first, then those that are held, then by number of requests.
   */
  figures(now: number): HostFigures[];
  /** The held host that is due first. */
  firstHeld(now: number): Held | null;
}

/** `inMemory` gives the states of the hosts in memory. */
export function createHostTellings(inMemory: () => Iterable<HostState>): HostTellings {
  const away = new Map<string, Told>();
  /** The fewest requests of a host in `away` if that is full, otherwise 0. */
  let fewest = 0;
  let heldAway: Held | null = null;

  const dropLast = (): void => {
    const rising = [...away.values()].sort((a, b) => a.requests - b.requests);
    away.delete(rising[0]!.host);
    fewest = rising[1]!.requests;
  };

  return {
    left({ host, pace, requests }, now) {
      const until = openAt(pace);
      const isFirst = heldAway === null || heldAway.until <= now || until < heldAway.until;
      if (until > now && isFirst) heldAway = { host, until, why: pace.why };
      if (requests <= fewest) return;
      away.set(host, { host, pace, requests });
      if (away.size > HOST_FIGURES_MAX) dropLast();
    },
    cameBack({ host }) {
      if (heldAway?.host === host) heldAway = null;
      if (away.delete(host)) fewest = 0;
    },
    figures: (now) => figuresOf([...inMemory(), ...away.values()], now),
    firstHeld(now) {
      let first = heldAway !== null && heldAway.until > now ? heldAway : null;
      for (const { host, pace } of inMemory()) {
        const until = openAt(pace);
        if (until > now && (first === null || until < first.until)) first = { host, until, why: pace.why };
      }
      return first;
    },
  };
}

function figuresOf(all: readonly Told[], now: number): HostFigures[] {
  const isHeld = ({ pace }: Told): number => (openAt(pace) > now ? 1 : 0);
  const busier = (a: Told, b: Told): number =>
    b.pace.inFlight - a.pace.inFlight || isHeld(b) - isHeld(a) || b.requests - a.requests;
  // Only the first few of thousands are wanted, so only these are put in order.
  const first: Told[] = [];
  for (const told of all) {
    if (told.requests === 0 || (first.length === HOST_FIGURES_MAX && busier(first.at(-1)!, told) <= 0)) continue;
    let at = first.length;
    while (at > 0 && busier(first[at - 1]!, told) > 0) at -= 1;
    first.splice(at, 0, told);
    first.splice(HOST_FIGURES_MAX);
  }
  return first.map(({ host, pace }) => ({
    host,
    inFlight: pace.inFlight,
    limit: pace.limit.most,
    latencyMs: rounded(latencyOf(pace.limit)),
    heldUntil: pace.heldUntil > 0 ? pace.heldUntil : null,
    why: pace.why === '' ? null : pace.why,
  }));
}

/** Why no request to a host may start before a time. */
export function waitOf(pace: Pace, now: number): Wait {
  if (openAt(pace) > now) return { why: pace.why, isDelay: false };
  const { delayMs } = pace.config;
  return { why: delayMs > 0 ? `one request every ${delayMs / 1000} s` : '', isDelay: true };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
