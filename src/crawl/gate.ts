// The gate in front of every lease: the robots.txt, the pace and the holds of each host. It is the only one to change
// the states of hosts. A host whose turn has come is first loaded, if it is not in memory (hosts.ts). A host whose
// robots.txt is not known yet produces an errand; until the errand was run, none of its URLs is leased.

import type { Clock, Times } from '../base/clock.ts';
import type { Fetch, HostFigures, HostNote, HostRoom, HostShelf, Lease, Outcome } from '../base/contracts.ts';
import type { JobShare } from '../base/job-share.ts';
import { CRAWL_DELAY_UNTOLD_MS_MAX, HOSTS_WANTED_MAX, IDLE_CONNECTION_MS } from '../base/limits.ts';
import { latencyOf } from '../politeness/limit.ts';
import { healthAfter, WELL } from '../politeness/machine.ts';
import {
  ended,
  holdForUser,
  openAt,
  type Pace,
  type PaceEvent,
  roomOf,
  started,
  waitsBefore,
} from '../politeness/pace.ts';
import { blame, forgiving, hasCulprits, heard } from './blame.ts';
import { createErrands, type Errand, noteOf } from './errands.ts';
import { createHostTellings, type Held, type Wait, waitOf } from './host-figures.ts';
import { type GateConfig, type HostState, mayLook, roomAt } from './host-state.ts';
import { createHostStates, type LeftHost } from './hosts.ts';
import { createProbe, type Probe } from './probes.ts';
import { createRobotsReader } from './read-robots.ts';
import { type NewPace, repace } from './repace.ts';
import { machineEventOf, type Passed, paceEventOf, type Refusal } from './settlement.ts';
import { begun, type Flight, over } from './stuck.ts';

/** What is requested from a host: a URL of the frontier, or a sitemap. */
type Asked = Pick<Lease, 'url' | 'host' | 'hostId'> & Partial<Pick<Lease, 'wasAsked'>> & { readonly isSitemap?: true };

export interface Gate {
  /** For the frontier: how many URLs of the host may start now. Null if no further host can be made ready for now. */
  room(host: string, hostId: number): HostRoom | null;
  /** The next robots.txt to fetch. */
  errand(): Errand | null;
  /**
   * Makes one request for a robots.txt. If it redirects, a new errand continues there, at the pace of the host that is
   * asked. Returns what to store.
   */
  runErrand(errand: Errand, fetch: Fetch, signal: AbortSignal): Promise<readonly HostNote[]>;
  /** Sends one request, unless it must not be sent. The request is in flight from the call until `send` resolves. */
  through(asked: Asked, send: (usualMs?: number) => Promise<Outcome>): Promise<Passed | { readonly refusal: Refusal }>;
  /** Makes one request that decides about its host, as soon as there is room. */
  readonly probe: Probe;
  /** Holds a host until its user has done something, at most for our patience from `since` on. Null if it is away. */
  holdForUser(host: string, since: number, why: string): HostNote | null;
  /** The sitemaps that the host's robots.txt names, as written. */
  sitemapsOf(host: string, hostId: number): Promise<readonly string[]>;
  /** Lets go of a host that is held until `heldUntil` or longer; null if it is not, or if it is in use. */
  leave(host: string, heldUntil: number): LeftHost | null;
  /** What is known of the host does not count any more: another process has it, or had it. */
  forget(host: string): void;
  setPace(change: NewPace): void;
  /** Loads these hosts, so that they are in the figures. */
  recall(hosts: readonly string[]): Promise<void>;
  /** Hosts are being loaded or stored; `wake` follows. */
  readonly isBusy: boolean;
  figures(): readonly HostFigures[];
  /** What the crawl waits for: this machine, or the held host that is due first. */
  waitingFor(now: number): Held | null;
  /** Why no request to the host may start before a time: a hold, or its delay. Null while the host is loaded. */
  waitOf(host: string): Wait | null;
}

export interface GateParts {
  readonly config: GateConfig;
  readonly times: Times & Pick<Clock, 'turn'>;
  /** For the frontier: the host is leased from this time on. */
  readonly open: (hostId: number, until: number) => void;
  readonly shelf: HostShelf;
  readonly share: Pick<JobShare, 'has' | 'want'>;
  /** Another process may go on with the hosts if this one dies, so what is learnt of them is noted now and then. */
  readonly keepsRest?: boolean;
  /** Writes notes; resolves once they can be read. */
  readonly keep: (notes: readonly HostNote[]) => Promise<void>;
  /** Hosts were loaded, or there is a place for more. */
  readonly wake: () => void;
  /** How late our own event loop is. */
  readonly lagMs?: () => number;
  /** There are more hosts than fit into memory. */
  readonly onCrowded?: () => void;
  /** The robots.txt of the host asks for a delay that the user is told about. */
  readonly onSlowHost?: (host: string, delayMs: number) => void;
}

export function createGate({ config, times, open, lagMs = () => 0, ...parts }: GateParts): Gate {
  const { now } = times;
  const reader = createRobotsReader(config);
  let health = WELL;
  let probeAt = 0;

  const tellIfSlow = ({ host, robots }: HostState): void => {
    const delayMs = robots?.crawlDelayMs ?? 0;
    if (delayMs > CRAWL_DELAY_UNTOLD_MS_MAX) parts.onSlowHost?.(host, delayMs);
  };
  const hosts = createHostStates({
    ...{ config, reader, times, begunAt: now(), shelf: parts.shelf, keep: parts.keep, wake: parts.wake },
    opened: (id) => id > 0 && open(id, 0),
    onLoaded(state) {
      tellings.cameBack(state);
      tellIfSlow(state);
    },
    onDropped: (state) => tellings.left(state, now()),
    onCrowded: () => parts.onCrowded?.(),
  });
  const tellings = createHostTellings(hosts.all);
  const stateOf = async (host: string, id: number): Promise<HostState> => hosts.use(host) ?? hosts.load(host, id);
  /** Has a host loaded, and opens the host with the id after that. */
  const later = (host: string, id: number, opened: number): HostRoom | null => {
    const isFull = hosts.loading + errands.waiting >= HOSTS_WANTED_MAX;
    return !isFull && hosts.want(host, id, opened) ? UNREADY : null;
  };
  const begin = (state: HostState): void => {
    state.pace = started(state.pace, now());
    state.requests += 1;
    state.hasLooked = false;
  };
  /** What the outcome tells the pace of its host. If our machine failed, it tells nothing. */
  const judged = (state: HostState, outcome: Outcome): PaceEvent => {
    heard(state, outcome, now());
    const usedToAnswer = state.pace.answered;
    // Whether the request had a new connection. The pool keeps no connection to a host that never answered, and no
    // other connection for longer than this.
    const isFresh = !usedToAnswer || outcome.sentAt > health.heldSince + IDLE_CONNECTION_MS;
    const event = machineEventOf(outcome, state.id, { usedToAnswer, isFresh });
    if (event !== null) health = healthAfter(health, event, now());
    const isOurs = health.faults > 0 && outcome.status === 0;
    const { sentAt } = outcome;
    return isOurs ? { kind: 'void', sentAt } : paceEventOf(outcome, waitsBefore(state.pace, sentAt), now(), lagMs());
  };
  const isGivenUp = (at: number): boolean => at - health.heldSince > config.pace.patienceMs;
  /** Until when no request to any host may start; 0 if requests may start. */
  const pausedUntil = (): number => {
    if (health.faults === 0) return 0;
    // As for a host, the remaining URLs are left for another run.
    if (isGivenUp(now())) return Number.POSITIVE_INFINITY;
    const until = Math.max(health.heldUntil, probeAt);
    if (until > now()) return until;
    // One request tests whether the fault is over.
    probeAt = now() + PROBE_MS;
    return 0;
  };
  const refusalOf = ({ pace, robots, pages, deadDetail }: HostState, asked: Asked): Refusal | null => {
    if (pace.dead !== null) return { reason: null, error: pace.dead, ...(deadDetail !== '' && { detail: deadDetail }) };
    if (robots !== null && !robots.decide(asked.url).allowed) return { reason: 'robots', error: null };
    const isOverBudget = config.hostLimit !== null && isCounted(asked) && pages >= config.hostLimit.most;
    return isOverBudget ? { reason: 'budget', error: null } : null;
  };
  const change = (state: HostState, pace: Pace): void => {
    state.pace = pace;
    if (openAt(pace) > now()) state.hasLessRoom = true;
    // Its process lost it while a request was in flight.
    if (hosts.look(state.host) !== state) return;
    for (const guest of state.guests ?? []) open(guest, 0);
    state.guests = null;
    if (!state.isParked) return;
    const at = openAt(pace);
    // An answer to a request in flight may end the hold sooner.
    state.isParked = at > now();
    open(state.id, at);
  };
  const withRest = (state: HostState, note: HostNote | null): HostNote | null => {
    if (parts.keepsRest !== true || now() < state.keptAt + REST_KEPT_MS) return note;
    state.keptAt = now();
    return { ...(note ?? { host: state.host }), rest: hosts.rest(state) };
  };
  const errands = createErrands({
    ...{ config, reader, times, share: parts.share, hosts, begin, judged, change, tellIfSlow },
    later: (host, opened) => later(host, 0, opened),
  });
  const end = (state: HostState, url: string, outcome: Outcome, flight: Flight): Passed => {
    over(state, flight);
    const { spent, event } = blame(state, url, outcome, judged(state, outcome), now());
    const before = state.pace;
    const { answered, heldUntil, isLeft } = before;
    change(state, forgiving(state, [before, ended(before, event, now())], [url, outcome], now()));
    const { pace } = state;
    if (before.dead === null && pace.dead !== null) state.deadDetail = outcome.detail;
    const isNew = answered !== pace.answered || heldUntil !== pace.heldUntil || isLeft !== pace.isLeft;
    const note = withRest(state, isNew ? noteOf(state.host, pace) : null);
    // If the host is well, a request that took long before it broke off was a pause itself.
    return { refusal: null, outcome, note, spent, pausedMs: hasCulprits(state) ? outcome.elapsedMs : 0 };
  };
  const pass = (
    state: HostState,
    asked: Asked,
    send: (usualMs?: number) => Promise<Outcome>,
  ): ReturnType<Gate['through']> => {
    state.id = asked.hostId;
    const refusal = refusalOf(state, asked);
    if (refusal !== null) return Promise.resolve({ refusal });
    // The room was told a while ago, and others may have taken it since: the errand of another host's robots.txt, or an
    // answer that holds the host. Or there was only room for a look.
    if (state.hasLessRoom && roomOf(state.pace, now()).take <= 0) {
      state.hasLooked = true;
      return Promise.resolve({ refusal: NO_ROOM });
    }
    begin(state);
    if (isCounted(asked)) state.pages += 1;
    const flight = begun(state, now(), state.stalls?.has(asked.url) === true);
    const usualMs = flight.isSuspect && hasCulprits(state) ? (latencyOf(state.pace.limit) ?? 0) : undefined;
    return send(usualMs).then((outcome) => end(state, asked.url, outcome, flight));
  };

  return {
    room(host, id) {
      const state = hosts.look(host);
      if (state === null) return later(host, id, id);
      state.id = id;
      const own = roomAt(state, config, now());
      const room = own === 'ask' ? errands.room(state) : own;
      if (room === null) return null;
      if (health.faults > 0 && (typeof room === 'string' || room.take > 0)) {
        const until = pausedUntil();
        if (until > 0) return { take: 0, notBefore: until };
      }
      if (room === 'ask' && !errands.add(state)) return null;
      const isReady = room !== 'ask' && room !== 'wait';
      state.hasLessRoom = isReady && health.faults === 0 && mayLook(state, room, now());
      const answer = !isReady ? UNREADY : state.hasLessRoom ? LOOK : room;
      state.isParked = answer.take === 0;
      if (answer.take > 0) hosts.use(host);
      // With long rules each decision takes a while, so the event loop gets a turn after each.
      const isOneByOne = health.faults > 0 || state.robots?.isLong === true;
      return isOneByOne && answer.take > 1 ? { ...answer, take: 1 } : answer;
    },
    errand: errands.next,
    runErrand: errands.run,
    through(asked, send) {
      const state = hosts.use(asked.host);
      if (state !== null) return pass(state, asked, send);
      return hosts.load(asked.host, asked.hostId).then((loaded) => pass(loaded, asked, send));
    },
    probe: createProbe({ now, stateOf, pass, change }),
    holdForUser(host, since, why) {
      const state = hosts.use(host);
      if (state === null) return null;
      change(state, holdForUser(state.pace, since, now(), why));
      return noteOf(host, state.pace);
    },
    sitemapsOf: async (host, id) => (await stateOf(host, id)).robots?.sitemaps ?? [],
    leave(host, heldUntil) {
      const state = hosts.look(host);
      return state !== null && errands.isGuest(state) ? null : hosts.leave(host, heldUntil);
    },
    forget(host) {
      errands.forget(host);
      hosts.forget(host);
    },
    setPace: (change) => repace(config, hosts.all(), change, open),
    async recall(names) {
      await Promise.all(names.slice(0, config.hostsMost).map((host) => stateOf(host, 0)));
    },
    get isBusy() {
      return hosts.isBusy;
    },
    figures: () => tellings.figures(now()),
    waitOf(host) {
      const state = hosts.look(host);
      if (state !== null) return waitOf(state.pace, now());
      later(host, 0, 0);
      return null;
    },
    waitingFor(at) {
      if (health.faults === 0) return tellings.firstHeld(at);
      const until = isGivenUp(at) ? Number.POSITIVE_INFINITY : health.heldUntil;
      return { host: 'this machine', isMachine: true, until, why: health.why };
    },
  };
}

/** A URL counts once, however often it is requested. */
function isCounted({ wasAsked, isSitemap }: Asked): boolean {
  return wasAsked !== true && isSitemap !== true;
}

const NO_ROOM: Refusal = { reason: null, error: null, isForNow: true };
const PROBE_MS = 1_000;
/** What was learnt of a host is noted so often, if it is requested. */
const REST_KEPT_MS = 5_000;
const LOOK: HostRoom = { take: 1, notBefore: 0 };
/** The host is loaded, or its robots.txt is asked for. */
const UNREADY: HostRoom = { take: 0, notBefore: Number.POSITIVE_INFINITY, keepsTurn: true };
