// Requests that are stuck: they wait for far longer than is usual for their host, although the host answers others.
// They say nothing about what the host can take, so they leave room for others, up to `hostConcurrency` in all.

import type { HostRoom } from '../base/contracts.ts';
import { removeAt } from '../base/unordered.ts';
import { latencyOf } from '../politeness/limit.ts';
import type { Pace } from '../politeness/pace.ts';

/** A request in flight. */
export interface Flight {
  readonly at: number;
  /** The last request for its URL broke off. */
  readonly isSuspect: boolean;
  /** Its place in the list of its host. Only this list writes it. */
  place: number;
}

export interface Flights {
  /** The requests in flight, without those for robots.txt. */
  flights: Flight[] | null;
  /** When the last request was sent that got a response of any kind. */
  heardAt: number;
}

/** A request begins. */
export function begun(state: Flights, at: number, isSuspect: boolean): Flight {
  const flight = { at, isSuspect, place: state.flights?.length ?? 0 };
  // An empty list that is added to takes room for sixteen.
  if (state.flights === null) state.flights = [flight];
  else state.flights.push(flight);
  return flight;
}

/**
 * The request is over; nothing happens if it was before, or if the host was forgotten meanwhile. An empty list would
 * take memory in each of the hosts that wait for their next turn.
 */
export function over(state: Flights, flight: Flight): void {
  const { flights } = state;
  if (flights?.[flight.place] !== flight) return;
  const moved = removeAt(flights, flight.place);
  if (moved !== undefined) moved.place = flight.place;
  if (flights.length === 0) state.flights = null;
}

/** The least time after which a request may be stuck, and how many times the usual latency it has. */
const STUCK_MS_MIN = 250;
const STUCK_RATIO = 4;

/**
 * The room of a host whose limit is reached. If no request was answered since those in flight began, a request for
 * robots.txt finds out whether the host answers. Null if there is never room beyond the limit.
 */
export function roomBesideStuck({ flights, heardAt }: Flights, pace: Pace, now: number): HostRoom | 'ask' | null {
  const { limit, inFlight, config, failures } = pace;
  if (failures > 0 || config.delayMs > 0 || limit.most >= config.hostConcurrency) return null;
  const stuckMs = Math.max(STUCK_MS_MIN, STUCK_RATIO * (latencyOf(limit) ?? 0));
  let stuck = 0;
  let unheard = 0;
  let nextAt = Number.POSITIVE_INFINITY;
  for (const { at } of flights ?? []) {
    if (now - at < stuckMs) nextAt = Math.min(nextAt, at + stuckMs);
    else if (at < heardAt) stuck += 1;
    else unheard += 1;
  }
  const take = Math.min(limit.most + stuck, config.hostConcurrency) - inFlight;
  if (take > 0) return { take, notBefore: Number.POSITIVE_INFINITY };
  if (unheard > 0 && unheard + stuck === inFlight && inFlight < config.hostConcurrency) return 'ask';
  return { take: 0, notBefore: nextAt };
}
