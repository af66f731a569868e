// Changes the pace of every host while the crawl runs, because the user wants another one.

import { openAt, repaced } from '../politeness/pace.ts';
import { type GateConfig, type HostState, paceOf } from './host-state.ts';

/** What the user may change. */
export type NewPace = Partial<Pick<GateConfig['pace'], 'hostConcurrency' | 'delayMs'>>;

/** What a host has of its own stays. `open`: the host with the id is leased from this time on. */
export function repace(
  config: GateConfig,
  states: Iterable<HostState>,
  change: NewPace,
  open: (hostId: number, until: number) => void,
): void {
  config.pace = { ...config.pace, ...change };
  for (const state of states) {
    state.pace = repaced(state.pace, paceOf(config, state.host), state.robots?.crawlDelayMs ?? 0);
    // The frontier may wait for the end of the earlier delay.
    if (state.id > 0) open(state.id, openAt(state.pace));
  }
}
