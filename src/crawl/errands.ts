// The robots.txt files that hosts wait for. One of them may be on another host, to which a redirect leads: that host is
// asked at its own pace, and only if this process has it. This part owns the errands that are not handed out yet.

import type { Clock, Times } from '../base/clock.ts';
import type { Fetch, HostNote, HostRoom, Outcome } from '../base/contracts.ts';
import { fewAtOnce } from '../base/few-at-once.ts';
import type { JobShare } from '../base/job-share.ts';
import { HOSTS_WANTED_MAX } from '../base/limits.ts';
import { inTurns } from '../base/slices.ts';
import { ended, type Pace, type PaceEvent, roomOf } from '../politeness/pace.ts';
import { robotsRequest, robotsUrl } from '../robots/policy.ts';
import { hostOf } from '../url/host.ts';
import { afterRobots, type GateConfig, type HostState } from './host-state.ts';
import type { HostStates } from './hosts.ts';
import type { RobotsReader } from './read-robots.ts';

/** A robots.txt to fetch before the first page of its host. */
export interface Errand {
  readonly host: string;
  readonly hostId: number;
}

export interface Errands {
  /** The room of the host that is to be asked next for the robots.txt of this one; null if none can be made ready. */
  room(state: HostState): HostRoom | 'ask' | null;
  /** False if there are too many. */
  add(state: HostState): boolean;
  next(): Errand | null;
  /** Makes the request. Returns what to store. */
  run(errand: Errand, fetch: Fetch, signal: AbortSignal): Promise<readonly HostNote[]>;
  /** Whether the host waits for the room of another one that is in memory. */
  isGuest(state: HostState): boolean;
  forget(host: string): void;
  readonly waiting: number;
}

export interface ErrandParts {
  readonly config: GateConfig;
  readonly times: Times & Pick<Clock, 'turn'>;
  readonly reader: Pick<RobotsReader, 'answer'>;
  readonly share: Pick<JobShare, 'has' | 'want'>;
  readonly hosts: Pick<HostStates, 'look' | 'use' | 'load' | 'grew'>;
  /** Has a host loaded, and opens the one with the id after that; null if there is no place. */
  readonly later: (host: string, opened: number) => HostRoom | null;
  readonly begin: (state: HostState) => void;
  readonly judged: (state: HostState, outcome: Outcome) => PaceEvent;
  readonly change: (state: HostState, pace: Pace) => void;
  readonly tellIfSlow: (state: HostState) => void;
}

/** How soon to look again whether this process has a host of others by now. */
const WANTED_AGAIN_MS = 250;

export function createErrands({ config, times, share, hosts, later, begin, change, ...parts }: ErrandParts): Errands {
  const { now } = times;
  const { reader, judged, tellIfSlow } = parts;
  const oneByOne = fewAtOnce(1);
  let errands: Errand[] = [];
  const stateOf = async (host: string, id: number): Promise<HostState> => hosts.use(host) ?? hosts.load(host, id);

  return {
    room(state) {
      const servantName = servantOf(state);
      if (servantName === state.host) return 'ask';
      if (!share.has(servantName)) {
        share.want(servantName);
        return { take: 0, notBefore: now() + WANTED_AGAIN_MS };
      }
      const servant = hosts.look(servantName);
      return servant === null ? later(servantName, state.id) : roomForGuest(servant, state.id, now());
    },
    add(state) {
      if (errands.length >= HOSTS_WANTED_MAX) return false;
      const { host, id } = state;
      hosts.use(host)!.isAsking = true;
      errands.push({ host, hostId: id });
      // This errand takes the room at the host that it asks, so no other request may.
      const servant = hosts.use(servantOf(state))!;
      servant.hasLessRoom = true;
      begin(servant);
      return true;
    },
    next: () => errands.shift() ?? null,
    async run({ host, hostId }, fetch, signal) {
      const state = await stateOf(host, hostId);
      const servantName = servantOf(state);
      const servant = servantName === host ? state : await stateOf(servantName, 0);
      // Others may have the hosts of this process since the errand was handed out.
      if (!share.has(host) || !share.has(servantName)) return [];
      if (!state.isAsking) begin(servant);
      const asked = state.robotsTrail.length > 0 ? state.robotsTrail : [robotsUrl(host)];
      const outcome = await fetch(robotsRequest(asked.at(-1)!), signal);
      // While a file is read it takes more than its rules do.
      const read = await oneByOne(() => inTurns(reader.answer(outcome, asked, now()), times.turn));
      if (hosts.look(host) !== state) return [];
      state.isAsking = false;
      const event = judged(servant, outcome);
      const paced = ended(servant.pace, event, now());
      if (servant.pace.dead === null && paced.dead !== null) servant.deadDetail = outcome.detail;
      // The same request again, when there is room for it.
      if (outcome.isChallenge === true) {
        change(servant, paced);
        if (state !== servant) change(state, state.pace);
        return [noteOf(servant.host, paced)];
      }
      // If the robots.txt redirects to a host that fails, the failure belongs to that host.
      if (servant !== state) change(servant, paced);
      const answer = { outcome, read, event, asked, isElsewhere: servant !== state, givenUp: paced.dead };
      const hadBytes = state.robotsBytes;
      const { pace, record } = afterRobots(state, config, answer, servant === state ? paced : state.pace, now());
      hosts.grew(state.robotsBytes - hadBytes);
      tellIfSlow(state);
      change(state, pace);
      const note = noteOf(host, pace);
      const own = record === null ? note : { ...note, robots: record };
      return servant === state ? [own] : [own, noteOf(servant.host, servant.pace)];
    },
    isGuest(state) {
      return hosts.look(servantOf(state))?.guests?.has(state.id) === true;
    },
    forget(host) {
      errands = errands.filter((errand) => errand.host !== host);
    },
    get waiting() {
      return errands.length;
    },
  };
}

/** The name of the host to ask next for the robots.txt of this host. */
function servantOf({ host, robotsTrail }: HostState): string {
  const url = robotsTrail.at(-1);
  return url === undefined || isOn(host, url) ? host : hostOf(url);
}

/**
 * The room at another host for the robots.txt of `guest`. If there is no room and no time is known, the guest is told
 * when there is room.
 */
function roomForGuest(servant: HostState, guest: number, now: number): HostRoom | 'ask' {
  const room = roomOf(servant.pace, now);
  if (room.take > 0) return 'ask';
  servant.guests ??= new Set();
  servant.guests.add(guest);
  return room;
}

function isOn(host: string, url: string): boolean {
  return url.startsWith(`${host}/`);
}

export function noteOf(host: string, { heldUntil, why, answered }: Pace): HostNote {
  return answered ? { host, heldUntil, why, answered } : { host, heldUntil, why };
}
