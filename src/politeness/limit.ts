// How many requests a host may have in flight, found by trying: pure functions of (limit, what came, now); time is the
// steady time. A round is as many responses as the limit. A limit that was used to the full and showed no strain
// grows: it doubles until the first strain. Strain halves it, and from then on it is known where the strain came, the knee: half of
// the way back there each round, a long stay just below, then the knee again, and if that is well now, away from it, twice as far
// each round. docs/decisions/0014-the-limit-of-a-host.md says why.

export interface Limit {
  /** Requests in flight. */
  readonly most: number;
  /** No strain was seen yet: the limit doubles each round. */
  readonly slowStart: boolean;
  /** At so many in flight strain was last seen; `Infinity` where that is not known. */
  readonly knee: number;
  /** When that was, in steady time; `-Infinity` where it never was. */
  readonly kneeAt: number;
  /** When the knee is tried again, in steady time; 0 while the limit is on its way back there. */
  readonly tryAt: number;
  /** Just below the knee the limit stays so many times as long as it took to come back there. */
  readonly stayRatio: number;
  /** No round is shorter: a host that counts our requests over some time shows strain only after it. */
  readonly roundMinMs: number;
  /** Median time to the first byte while little is asked of the host; 0 where it is not known. */
  readonly usualMs: number;
  /** Median of the last round. */
  readonly latencyMs: number;
  readonly round: Round;
}

interface Round {
  /** Responses that still belong to the round. */
  readonly left: number;
  readonly startedAt: number;
  /** Some response found the limit used to the full. */
  readonly wasFull: boolean;
  /** Our own event loop lagged, so that times are not the host's. */
  readonly lagged: boolean;
  readonly count: number;
  readonly samples: Samples | null;
}

/** A list that grows at its head and shares its tail: adding to it copies nothing, and no earlier limit changes. */
interface Samples {
  readonly ms: number;
  readonly rest: Samples | null;
}

/** What one response says. */
export interface Sign {
  /** 429, 503, a time-out, a broken connection. */
  readonly isStrain: boolean;
  /** When it was asked for, in steady time. */
  readonly startedAt: number;
  /** How long the host asked us to wait, in milliseconds; 0 where it did not. */
  readonly waitMs: number;
  readonly firstByteMs: number;
  /** How late our own event loop was when it came. */
  readonly lagMs: number;
}

const FIRST = 2;
/** Fewer have no median to speak of. */
const SAMPLES_MIN = 8;
const SAMPLES_MAX = 64;
/** Responses of a round, at least, once the slow start is over: medians of fewer differ by chance alone. */
const ROUND_MIN = 32;
/** A host is slow where its median is more than so many times the usual one, and so many milliseconds more. */
const SLOWDOWN_RATIO = 2;
const SLOWDOWN_MS = 50;
const LAG_MS_MAX = 20;
/** How far the usual latency goes to where a round's median is. */
const USUAL_FALLS = 1 / 32;
const USUAL_RISES = 1 / 4;
/** Trying the knee may cost a sixteenth of the time where it ends in errors; where it ends in slowness it costs less. */
const STAY_AFTER_ERRORS = 16;
const STAY_AFTER_SLOWNESS = 4;
const STAY_MS_MAX = 600_000;
const ROUND_MIN_MS_MAX = 60_000;

/** A limit that is to be found; it may grow to `limitMax`. */
export function newLimit(limitMax: number): Limit {
  return { ...fixedLimit(Math.min(FIRST, limitMax)), slowStart: true };
}

/** A limit of which nothing is to be found out. */
export function fixedLimit(most: number): Limit {
  return {
    most,
    slowStart: false,
    knee: Number.POSITIVE_INFINITY,
    kneeAt: Number.NEGATIVE_INFINITY,
    tryAt: 0,
    stayRatio: STAY_AFTER_ERRORS,
    roundMinMs: 0,
    usualMs: 0,
    latencyMs: 0,
    round: newRound(most, 0),
  };
}

/** The limit after a response; `inFlight` counts that one too, and `limitMax` is the most that the limit may grow to. */
export function limitAfter(limit: Limit, sign: Sign, inFlight: number, limitMax: number, now: number): Limit {
  const { round } = limit;
  // What was asked before the limit was halved says nothing new; of the same millisecond it is taken to be before.
  if (sign.startedAt <= limit.kneeAt) return limit;
  if (sign.isStrain) return halved(limit, STAY_AFTER_ERRORS, sign.waitMs, now);
  const after = counted(round, sign, inFlight >= limit.most, now);
  const isOver = after.left <= 0 && now - after.startedAt >= limit.roundMinMs;
  if (!isOver || (after.count < ROUND_MIN && !limit.slowStart)) return { ...limit, round: after };
  return nextRound(limit, after, limitMax, now);
}

/** The same limit where nothing is to be found out about it: only what the host's latency is. */
export function observed(limit: Limit, sign: Sign, now: number): Limit {
  if (sign.isStrain) return limit;
  const round = counted(limit.round, sign, false, now);
  if (round.count < ROUND_MIN) return { ...limit, round };
  return { ...limit, latencyMs: medianOf(round), round: newRound(limit.most, now) };
}

/** The median of the last round; of the first one as far as it has come. */
export function latencyOf({ latencyMs, round }: Limit): number {
  return latencyMs || medianOf(round);
}

function counted(round: Round, sign: Sign, isFull: boolean, now: number): Round {
  const isKept = round.count < SAMPLES_MAX;
  return {
    left: round.left - 1,
    startedAt: round.startedAt || now,
    wasFull: round.wasFull || isFull,
    lagged: round.lagged || sign.lagMs > LAG_MS_MAX,
    count: isKept ? round.count + 1 : round.count,
    samples: isKept ? { ms: sign.firstByteMs, rest: round.samples } : round.samples,
  };
}

function nextRound(limit: Limit, round: Round, limitMax: number, now: number): Limit {
  const latencyMs = medianOf(round);
  const isJudged = round.count >= SAMPLES_MIN && !round.lagged;
  if (isJudged && isSlow(limit, latencyMs)) {
    // One at a time, and still as slow as that: it is the host that has changed, and nothing is known of it any more.
    return limit.most === 1
      ? { ...newLimit(limitMax), usualMs: latencyMs, latencyMs }
      : { ...halved(limit, STAY_AFTER_SLOWNESS, 0, now), latencyMs };
  }
  const judged = { ...limit, latencyMs, usualMs: isJudged ? usualAfter(limit, latencyMs) : limit.usualMs };
  return round.wasFull ? grown(judged, limitMax, now) : { ...judged, round: newRound(limit.most, now) };
}

function isSlow({ usualMs }: Limit, latencyMs: number): boolean {
  return usualMs > 0 && latencyMs > Math.max(SLOWDOWN_RATIO * usualMs, usualMs + SLOWDOWN_MS);
}

/**
 * A mean of medians and not their minimum: of noisy figures the least is always too small, and the smaller the longer one looks.
 * It rises only while little is asked of the host, or what our own load costs would become usual.
 */
function usualAfter({ usualMs, most, knee }: Limit, latencyMs: number): number {
  if (usualMs === 0) return latencyMs;
  if (latencyMs < usualMs) return usualMs - (usualMs - latencyMs) * USUAL_FALLS;
  const isLittle = most <= Math.max(FIRST, knee / 4);
  return isLittle ? usualMs + (latencyMs - usualMs) * USUAL_RISES : usualMs;
}

function halved(limit: Limit, stayRatio: number, waitMs: number, now: number): Limit {
  const most = Math.max(1, Math.floor(limit.most / 2));
  return {
    ...limit,
    most,
    slowStart: false,
    knee: limit.most,
    kneeAt: now,
    tryAt: 0,
    stayRatio,
    roundMinMs: Math.min(waitMs, ROUND_MIN_MS_MAX),
    round: newRound(most, 0),
  };
}

function grown(limit: Limit, limitMax: number, now: number): Limit {
  const change = (most: number, tryAt = 0): Limit => {
    const capped = Math.min(most, limitMax);
    return { ...limit, most: capped, tryAt, round: newRound(capped, now) };
  };
  if (limit.slowStart) return change(limit.most * 2);
  // No strain where it was last time: away from there, each round twice as far.
  if (limit.most >= limit.knee) return change(limit.most + limit.most - limit.knee + 1);
  const below = Math.max(1, limit.knee - 1);
  if (limit.most < below) return change(limit.most + Math.ceil((below - limit.most) / 2));
  const tryAt = limit.tryAt || now + Math.min(limit.stayRatio * (now - limit.kneeAt), STAY_MS_MAX);
  return change(now < tryAt ? limit.most : limit.most + 1, tryAt);
}

function newRound(most: number, now: number): Round {
  return { left: most, startedAt: now, wasFull: false, lagged: false, count: 0, samples: null };
}

function medianOf({ samples, count }: Round): number {
  if (count === 0) return 0;
  const sorted = new Float64Array(count);
  let at = 0;
  for (let sample = samples; sample !== null; sample = sample.rest) {
    sorted[at] = sample.ms;
    at += 1;
  }
  return sorted.sort()[count >> 1]!;
}
