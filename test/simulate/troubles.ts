// What happens to a crawl in a simulated world beside the web itself: hosts that are away for a while, stops and kills,
// clocks that are set.

import { chance, pick, type Random } from '../helpers/random.ts';

/** Milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * A host that has answered is away: its port is shut, its network is gone, its name is; it resets whatever comes, or
 * says nothing; or every other request is broken off.
 */
export interface Away {
  /** Since its first answer. */
  readonly span: Span;
  readonly how: 'refused' | 'unreachable' | 'dns-failure' | 'dns-not-found' | 'reset' | 'silent' | 'half';
}

/** A run comes to its end before it is done: the user interrupts it, or it is killed. */
export interface Stop {
  readonly how: 'interrupt' | 'kill';
  /** Since the run began. */
  readonly afterMs: number;
  /** How long until the user comes back, */
  readonly pauseMs: number;
  /** by how much the clock was set meanwhile, */
  readonly stepMs: number;
  /** and whether the machine was started anew. */
  readonly isRebooted: boolean;
}

/** The clock on the wall is set. */
export interface Step {
  /** Since the first run began. */
  readonly atMs: number;
  readonly byMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STEPS_MS = [-24 * HOUR_MS, -HOUR_MS, HOUR_MS, 24 * HOUR_MS];
const WHOLE = ['refused', 'unreachable', 'dns-failure', 'dns-not-found', 'reset', 'silent'] as const;
/** A URL that was broken off by more of them than that may have spent its tries. */
const AWAYS_MAX = 2;

export function makeAways(random: Random, isExact: boolean, patienceMs: number): readonly Away[] {
  if (chance(random, 0.5)) return [];
  return Array.from({ length: 1 + Math.floor(random() * AWAYS_MAX) }, () => {
    const fromMs = random() * pick(random, [SECOND_MS, 20 * SECOND_MS]);
    const lastsMs = pick(random, [50, 500, 5 * SECOND_MS, MINUTE_MS, random() * 3 * patienceMs]);
    const how = isExact || chance(random, 0.6) ? pick(random, WHOLE) : 'half';
    return { span: { fromMs, toMs: fromMs + lastsMs }, how };
  });
}

export function makeStops(random: Random): readonly Stop[] {
  if (chance(random, 0.4)) return [];
  // Of a machine that was started anew nobody knows how long it was off, but by its clock.
  const mayBeSet = chance(random, 0.6);
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({
    how: chance(random, 0.75) ? ('kill' as const) : ('interrupt' as const),
    afterMs: random() * pick(random, [0, 50, 2 * SECOND_MS, 20 * SECOND_MS, MINUTE_MS]),
    pauseMs: random() * pick(random, [0, SECOND_MS, MINUTE_MS, HOUR_MS]),
    stepMs: mayBeSet && chance(random, 0.5) ? pick(random, STEPS_MS) : 0,
    isRebooted: !mayBeSet && chance(random, 0.3),
  }));
}

export function makeSteps(random: Random, stops: readonly Stop[]): readonly Step[] {
  if (chance(random, 0.6) || stops.some(({ isRebooted }) => isRebooted)) return [];
  return Array.from({ length: 1 + Math.floor(random() * 2) }, () => ({
    atMs: random() * pick(random, [SECOND_MS, 20 * SECOND_MS, 10 * MINUTE_MS]),
    byMs: pick(random, STEPS_MS),
  }));
}

/** Begins before `startsMs`, and lasts no longer than `lastsMs`. */
export function span(random: Random, startsMs: number, lastsMs: number): Span {
  const fromMs = random() * startsMs;
  return { fromMs, toMs: fromMs + random() * lastsMs };
}

export function isWithin(spans: readonly Span[], atMs: number): boolean {
  return spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
}
