// The hosts in memory. Only this part loads and drops them. A host comes into memory when its turn is near. When there
// are too many, those that were loaded first and have nothing in flight are stored, several at a time. Once stored,
// they leave as their places are needed. Whoever changes a state gets it here by `use`, so a host that was used since
// is not dropped.

import type { Clock, Times } from '../base/clock.ts';
import type { HostNote, HostShelf, StoredHost } from '../base/contracts.ts';
import { HOSTS_STORED_AT_ONCE_MAX, ROBOTS_IN_MEMORY_BYTES_MAX } from '../base/limits.ts';
import { inTurns } from '../base/slices.ts';
import { openAt } from '../politeness/pace.ts';
import { remembering, restOf } from './host-rest.ts';
import { type GateConfig, type HostState, newHost } from './host-state.ts';
import type { RobotsReader } from './read-robots.ts';

export interface HostStates {
  /** The state of a host, to be changed; null if it is not in memory. */
  use(host: string): HostState | null;
  /** The state of a host, to look at; null if it is not in memory. */
  look(host: string): HostState | null;
  /** Has a host loaded and then tells `opened` the id. Returns false if there is no place for it now. */
  want(host: string, id: number, opened: number): boolean;
  /** The state of a host, whether there is a place or not. */
  load(host: string, id: number): Promise<HostState>;
  all(): Iterable<HostState>;
  /** Drops a host that is held until `heldUntil` or longer; null if it is not, or if it is in use. */
  leave(host: string, heldUntil: number): LeftHost | null;
  /** What another process must know of a host that is in use here, should this one die. */
  rest(state: HostState): string;
  /** Drops a host as if nothing was ever known of it. */
  forget(host: string): void;
  /** The robots.txt of a host in memory is longer than before by so much. */
  grew(bytes: number): void;
  /** How many hosts are being loaded. */
  readonly loading: number;
  /** Hosts are being loaded or stored; `wake` follows. */
  readonly isBusy: boolean;
}

/** A host that another process may work on. */
export interface LeftHost {
  /** What the store must know of it; null if it knows all. */
  readonly note: HostNote | null;
  /** No request starts before this time; `Infinity` if the host is left for another run. */
  readonly openAt: number;
}

export interface HostStatesParts {
  readonly config: GateConfig;
  readonly times: Times & Pick<Clock, 'turn'>;
  readonly begunAt: number;
  readonly reader: Pick<RobotsReader, 'record'>;
  readonly shelf: HostShelf;
  /** Writes notes; resolves once they can be read. */
  readonly keep: (notes: readonly HostNote[]) => Promise<void>;
  /** A host that `want` was to open is in memory. */
  readonly opened: (hostId: number) => void;
  readonly wake: () => void;
  readonly onLoaded: (state: HostState) => void;
  readonly onDropped: (state: HostState) => void;
  /** There are more hosts than fit into memory. */
  readonly onCrowded: () => void;
}

/** A host on its way into memory. */
interface Coming {
  readonly host: string;
  id: number;
  /** The hosts to open when it is there: itself, or those whose robots.txt it has. */
  readonly opens: Set<number>;
  readonly there: PromiseWithResolvers<HostState>;
}

/** The share of the places that may be taken before hosts are stored, and the share that is stored ahead. */
const ENOUGH = 3 / 4;
const SPARE = 1 / 8;

export function createHostStates(parts: HostStatesParts): HostStates {
  const { config, times, begunAt } = parts;
  /** Those that were loaded first, or are shelved and were not used since, come first. */
  const states = new Map<string, HostState>();
  /** States that the store has as they are, in the order in which they will be dropped. */
  const shelved = new Set<HostState>();
  const coming = new Map<string, Coming>();
  const fresh = newHost(config, '', 0, begunAt);
  let robotsBytes = 0;
  let isReading = false;
  let isCrowded = false;
  let isStoring = false;
  let failure: unknown = null;

  const isOver = (share: number): boolean =>
    states.size + coming.size >= config.hostsMost * share || robotsBytes > ROBOTS_IN_MEMORY_BYTES_MAX * share;
  const drop = (state: HostState): void => {
    shelved.delete(state);
    states.delete(state.host);
    robotsBytes -= state.robotsBytes;
    parts.onDropped(state);
  };
  const dropShelved = (): void => {
    for (const state of shelved) {
      if (!isOver(1)) break;
      if (!isCrowded) parts.onCrowded();
      isCrowded = true;
      drop(state);
    }
  };
  const hasPlace = (): boolean => {
    if (isOver(ENOUGH) && shelved.size < config.hostsMost * SPARE) void store();
    dropShelved();
    return !isOver(1);
  };
  const comingOf = (host: string, id: number): Coming => {
    if (failure !== null) throw failure;
    let each = coming.get(host);
    if (each === undefined) {
      each = { host, id, opens: new Set(), there: Promise.withResolvers() };
      each.there.promise.catch(() => {});
      coming.set(host, each);
      if (!isReading) void read();
    }
    if (id > 0) each.id = id;
    return each;
  };

  /** Reads all hosts that are wanted, and those that are wanted meanwhile. */
  const read = async (): Promise<void> => {
    isReading = true;
    // Those that are wanted at the same time are read together.
    await null;
    try {
      while (coming.size > 0) {
        const batch = [...coming.values()];
        const rows = await parts.shelf.load(batch.map(({ host }) => host));
        for (const [at, each] of batch.entries()) await arrive(each, rows[at]!);
        parts.wake();
      }
    } catch (error) {
      fail(error);
    }
    isReading = false;
  };
  const arrive = async ({ host, id, opens, there }: Coming, row: StoredHost | null): Promise<void> => {
    const state =
      row === null
        ? newHost(config, host, id, begunAt)
        : await inTurns(remembering(parts, row, times, begunAt), times.turn);
    coming.delete(host);
    states.set(host, state);
    robotsBytes += state.robotsBytes;
    parts.onLoaded(state);
    for (const opened of opens) parts.opened(opened);
    there.resolve(state);
  };

  /** Stores states that are not in use, so that they can be dropped. */
  const store = async (): Promise<void> => {
    if (isStoring) return;
    const chosen = idle(states.values(), Math.min(HOSTS_STORED_AT_ONCE_MAX, Math.ceil(config.hostsMost / 4)));
    if (chosen.length === 0) return;
    isStoring = true;
    for (const state of chosen) state.shelved = 'soon';
    try {
      await parts.keep(chosen.map((state) => ({ host: state.host, rest: restOf(state, fresh) })));
    } catch (error) {
      fail(error);
    }
    for (const state of chosen) {
      // Whoever used it since has changed it.
      if (state.shelved !== 'soon') continue;
      state.shelved = 'yes';
      shelved.add(state);
    }
    isStoring = false;
    dropShelved();
    parts.wake();
  };
  /** The next that wants a host is told. */
  const fail = (error: unknown): void => {
    failure = error;
    for (const { there } of coming.values()) there.reject(error);
    parts.wake();
  };

  return {
    use(host) {
      const state = states.get(host);
      if (state === undefined) return null;
      if (state.shelved !== 'no') {
        state.shelved = 'no';
        shelved.delete(state);
        states.delete(host);
        states.set(host, state);
      }
      return state;
    },
    look: (host) => states.get(host) ?? null,
    want(host, id, opened) {
      if (!coming.has(host) && !hasPlace()) return false;
      comingOf(host, id).opens.add(opened);
      return true;
    },
    load: async (host, id) => comingOf(host, id).there.promise,
    all: () => states.values(),
    leave(host, heldUntil) {
      const state = states.get(host);
      if (coming.has(host) || (state === undefined && heldUntil > 0)) return null;
      if (state === undefined) return { note: null, openAt: 0 };
      if (isInUse(state) || state.guests !== null || state.shelved === 'soon') return null;
      const at = openAt(state.pace);
      if (at < heldUntil) return null;
      drop(state);
      return { note: { host, rest: restOf(state, fresh) }, openAt: at };
    },
    rest: (state) => restOf({ ...state, isAsking: false, pace: { ...state.pace, inFlight: 0 } }, fresh),
    forget(host) {
      const state = states.get(host);
      if (state !== undefined) drop(state);
    },
    grew(bytes) {
      robotsBytes += bytes;
      if (bytes > 0) hasPlace();
    },
    get loading() {
      return coming.size;
    },
    get isBusy() {
      return isReading || isStoring;
    },
  };
}

/** The first states that are not in use and that the store does not have. */
function idle(states: Iterable<HostState>, most: number): HostState[] {
  const found: HostState[] = [];
  for (const state of states) {
    if (found.length === most) break;
    if (state.shelved === 'no' && !isInUse(state)) found.push(state);
  }
  return found;
}

function isInUse({ pace, isAsking }: HostState): boolean {
  return pace.inFlight > 0 || isAsking;
}
