// What must be remembered of a host that leaves the memory, as text: all in which it differs from a host that was never
// met. Its robots.txt is in the store already. The times are steady times, so the text is of use to this run only.

import { type Times, toSteady, WALL_ERROR_MS } from '../base/clock.ts';
import type { StoredHost } from '../base/contracts.ts';
import type { Sliced } from '../base/slices.ts';
import { holdAsTold, type Pace, released, withDelay } from '../politeness/pace.ts';
import { adopt, type GateConfig, type HostState, LOGGED_OUT, newHost } from './host-state.ts';
import type { RobotsReader } from './read-robots.ts';

type Round = Pace['limit']['round'];

interface Rest {
  readonly host: Partial<HostState>;
  readonly pace: Partial<Pace>;
  readonly limit: Partial<Pace['limit']>;
  readonly round: Partial<Round>;
  /** The times to the first byte, latest first. */
  readonly samples: readonly number[];
  readonly delayMs: number;
  readonly hasRobots: boolean;
}

/** JSON has no infinite numbers and no maps. None of our texts is one of these words. */
const INFINITE = '+Infinity';
const NEVER = '-Infinity';
const MAP = '+Map';
const HAS_MARKS = /"(?:[+-]Infinity|\+Map)"/;

/** `fresh` is a host that was never met. */
export function restOf(state: HostState, fresh: HostState): string {
  const { host, id, pace, robots, robotsBytes, guests, flights, isParked, isProbed, ...others } = state;
  const { hasLessRoom, hasLooked, keptAt, shelved, ...known } = others;
  const { config, limit, ...paced } = pace;
  const { round, ...limited } = limit;
  const { samples, ...counted } = round;
  const parts = {
    host: differing(known, fresh),
    pace: differing(paced, fresh.pace),
    limit: differing(limited, fresh.pace.limit),
    round: differing(counted, fresh.pace.limit.round),
  };
  const rest: Rest = { ...parts, samples: listOf(samples), delayMs: config.delayMs, hasRobots: robots !== null };
  return Object.values(parts).every(isPlain) ? JSON.stringify(rest) : JSON.stringify(rest, written);
}

/** The state of a host as the store remembers it. `begunAt` is when this run began. */
export function* remembering(
  { config, reader }: { readonly config: GateConfig; readonly reader: Pick<RobotsReader, 'record'> },
  row: StoredHost,
  times: Times,
  begunAt: number,
): Sliced<HostState> {
  const state = newHost(config, row.host, row.id, begunAt);
  const hadRobots = row.rest === null || recall(state, row.rest, row.handed?.aheadMs ?? 0);
  if (row.robots !== null && row.robots.body !== null && config.robots && hadRobots) {
    const { robots: record } = row;
    const { robotsExpiresAt, robotsFailures, robotsFailingSince } = state;
    const rules = yield* reader.record(record, row.host);
    adopt(state, { rules }, toSteady(times, record.expiresAt));
    // What was learnt in this run is newer.
    if (row.rest !== null) Object.assign(state, { robotsExpiresAt, robotsFailures, robotsFailingSince });
    // After a restart one full Crawl-delay is waited, like a configured delay.
    else state.pace = withDelay(state.pace, rules.crawlDelayMs ?? 0);
  }
  if (row.rest === null || row.handed?.wasDropped === true) fromEarlierRun(state, row, times);
  // The clocks of two machines are compared with a small error, and a process that died has told nothing.
  if (row.handed !== undefined) state.pace = { ...state.pace, startedAt: times.now() };
  // Another worker waited for its user to log in. This one finds out for itself whether that was done.
  if (row.handed !== undefined && state.pace.why.startsWith(LOGGED_OUT)) state.pace = released(state.pace);
  state.pages = Math.max(state.pages, row.asked ?? 0);
  // Perhaps the frontier was told to wait for it.
  state.isParked = true;
  return state;
}

function fromEarlierRun(state: HostState, row: StoredHost, times: Times): void {
  const now = times.now();
  const heldUntil = row.heldUntil === null ? 0 : toSteady(times, row.heldUntil) + WALL_ERROR_MS;
  state.pace = { ...state.pace, answered: state.pace.answered || row.answered };
  const isForUser = row.why?.startsWith(LOGGED_OUT) === true;
  if (heldUntil > now && !isForUser) state.pace = holdAsTold(state.pace, heldUntil, now, row.why ?? '');
  state.requests = row.answered || row.robots !== null || heldUntil > 0 ? 1 : 0;
}

/**
 * Puts what the text says into the state of a host that was just made. Returns whether it had a robots.txt to obey.
 * `aheadMs` is added to its times.
 */
function recall(state: HostState, text: string, aheadMs: number): boolean {
  const moved =
    aheadMs === 0 ? read : (name: string, value: unknown): unknown => movedTime(name, read(name, value), aheadMs);
  const rest = (aheadMs !== 0 || HAS_MARKS.test(text) ? JSON.parse(text, moved) : JSON.parse(text)) as Rest;
  const samples = rest.samples.reduceRight<Round['samples']>((list, ms) => ({ ms, rest: list }), null);
  const { pace } = state;
  const { limit } = pace;
  Object.assign(state, rest.host);
  state.pace = {
    ...pace,
    ...rest.pace,
    config: rest.delayMs === pace.config.delayMs ? pace.config : { ...pace.config, delayMs: rest.delayMs },
    limit: { ...limit, ...rest.limit, round: { ...limit.round, ...rest.round, samples } },
  };
  return rest.hasRobots;
}

function written(_: string, value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return INFINITE;
  if (value === Number.NEGATIVE_INFINITY) return NEVER;
  return value instanceof Map ? [MAP, ...value] : value;
}

/** The times of a state have names that end so. Zero and infinity mean no time. */
const TIME_NAME = /^(?:at|.*(?:At|Since|Until))$/;

function movedTime(name: string, value: unknown, aheadMs: number): unknown {
  const isTime = typeof value === 'number' && value !== 0 && Number.isFinite(value) && TIME_NAME.test(name);
  return isTime ? value + aheadMs : value;
}

function read(_: string, value: unknown): unknown {
  if (value === INFINITE) return Number.POSITIVE_INFINITY;
  if (value === NEVER) return Number.NEGATIVE_INFINITY;
  return Array.isArray(value) && value[0] === MAP ? new Map(value.slice(1)) : value;
}

/** Whether JSON has all of the values as they are. */
function isPlain(part: object): boolean {
  return Object.values(part).every((value) =>
    typeof value === 'number' ? Number.isFinite(value) : typeof value !== 'object' || value === null,
  );
}

function listOf(samples: Round['samples']): number[] {
  const list: number[] = [];
  for (let each = samples; each !== null; each = each.rest) list.push(each.ms);
  return list;
}

function differing<T extends object>(of: T, from: T): Partial<T> {
  const found: Partial<T> = {};
  for (const name in of) if (of[name] !== from[name]) found[name] = of[name];
  return found;
}
