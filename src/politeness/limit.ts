// The limit of requests in flight to one host, found by trying. Pure functions of (limit, sign, now); time is the
// steady time. A round is as many responses as the limit. A limit that was fully used and met no strain grows: it
// doubles until the first strain. Strain halves the limit, and the limit at which it came is the knee. From then on the
// limit climbs back half of the remaining way each round, stays long just below the knee, then tries the knee again. If
// the knee now causes no strain, the limit moves on past it, twice as far each round.
// docs/decisions/0014-the-limit-of-a-host.md says why.

export interface Limit {
  /** The most requests in flight. */
  readonly most: number;
  /** No strain was met yet: the limit doubles each round. */
  readonly slowStart: boolean;
  /** The number in flight at which strain was last met; `Infinity` if that is not known. */
  readonly knee: number;
  /** When strain was last met, in steady time; `-Infinity` if it never was. */
  readonly kneeAt: number;
  /** When to try the knee again, in steady time; 0 while the limit is climbing back. */
  readonly tryAt: number;
  /** How long the limit stays just below the knee, as a multiple of the time that it took to climb back. */
  readonly stayRatio: number;
  /**
   * The shortest time for a round: a host that counts our requests over a period shows strain only after that period.
   */
  readonly roundMinMs: number;
  /** The times to the first byte under low load; null if they are not known. */
  readonly usual: Latency | null;
  /** The median time to the first byte in the last round; null if none was measured. */
  readonly latencyMs: number | null;
  /** Three quarters of the answers of the last round were quicker; it forgets earlier rounds by half each time. */
  readonly slowMs: number;
  /** The time to the first byte of the last answer that was a strain, until there is a median. */
  readonly strainMs: number | null;
  readonly round: Round;
}

/** The times to the first byte of a round. */
interface Latency {
  readonly medianMs: number;
  /** Three quarters of them are shorter. */
  readonly upperMs: number;
}

interface Round {
  /** Responses that are still to come in this round. */
  readonly left: number;
  readonly startedAt: number;
  /** At least one response came while the limit was fully used. */
  readonly wasFull: boolean;
  /** Our own event loop lagged, so the measured times are not the host's. */
  readonly lagged: boolean;
  readonly count: number;
  readonly samples: Samples | null;
}

/** A linked list that grows at its head and shares its tail: adding copies nothing, and no earlier limit changes. */
interface Samples {
  readonly ms: number;
  readonly rest: Samples | null;
}

/** What one response tells about the load on the host. */
export interface Sign {
  /** 429, 503, a timeout or a broken connection. */
  readonly isStrain: boolean;
  /** When the request started, in steady time. */
  readonly startedAt: number;
  /** How long the host asked us to wait, in milliseconds; 0 if it did not. */
  readonly waitMs: number;
  /** Null if no answer came. */
  readonly firstByteMs: number | null;
  /** How late our own event loop was when the response came. */
  readonly lagMs: number;
}

const FIRST = 2;
/** A median needs at least this many samples. */
const SAMPLES_MIN = 8;
const SAMPLES_MAX = 64;
/** The fewest responses in a round after the slow start: medians of fewer differ by chance alone. */
const ROUND_MIN = 32;
/**
 * A host is slow if its median is more than this many times the usual one, and at least `SLOWDOWN_MS` more, and its
 * upper quartile too.
 */
const SLOWDOWN_RATIO = 2;
const SLOWDOWN_MS = 50;
const LAG_MS_MAX = 20;
/** How far the usual latency moves towards the median of a round, when that is lower and when it is higher. */
const USUAL_FALLS = 1 / 32;
const USUAL_RISES = 1 / 4;
/**
 * How long to stay below the knee after errors and after slowness. Trying the knee costs at most a sixteenth of the
 * time if it ends in errors, and does less harm if it ends in slowness.
 */
const STAY_AFTER_ERRORS = 16;
const STAY_AFTER_SLOWNESS = 4;
const STAY_MS_MAX = 600_000;
const ROUND_MIN_MS_MAX = 60_000;

/** A limit that is still to be found; it may grow to `hostConcurrency`. */
export function newLimit(hostConcurrency: number): Limit {
  return { ...fixedLimit(Math.min(FIRST, hostConcurrency)), slowStart: true };
}

/** A limit that does not change. */
export function fixedLimit(most: number): Limit {
  return {
    most,
    slowStart: false,
    knee: Number.POSITIVE_INFINITY,
    kneeAt: Number.NEGATIVE_INFINITY,
    tryAt: 0,
    stayRatio: STAY_AFTER_ERRORS,
    roundMinMs: 0,
    usual: null,
    latencyMs: null,
    slowMs: 0,
    strainMs: null,
    round: newRound(most, 0),
  };
}

/**
 * The limit after a response. `inFlight` includes the request of this response; `hostConcurrency` is the most that the
 * limit may grow to.
 */
export function limitAfter(limit: Limit, sign: Sign, inFlight: number, hostConcurrency: number, now: number): Limit {
  const { round } = limit;
  // A request from before the limit was halved says nothing new. One of the same millisecond counts as earlier.
  if (sign.startedAt <= limit.kneeAt) return limit;
  if (sign.isStrain) return halved(strained(limit, sign), STAY_AFTER_ERRORS, sign.waitMs, now);
  const after = counted(round, sign, inFlight >= limit.most, now);
  const isOver = after.left <= 0 && now - after.startedAt >= limit.roundMinMs;
  if (!isOver || (after.count < ROUND_MIN && !limit.slowStart)) return { ...limit, round: after };
  return nextRound(limit, after, hostConcurrency, now);
}

/** The limit as it was before it was halved for a reason that turned out to be wrong. */
export function restored(limit: Limit, now: number): Limit {
  return { ...limit, round: newRound(limit.most, now) };
}

/** The limit after a response, if the limit is fixed: only the measured latency changes. */
export function observed(limit: Limit, sign: Sign, now: number): Limit {
  if (sign.isStrain) return strained(limit, sign);
  const round = counted(limit.round, sign, false, now);
  if (round.count < ROUND_MIN) return { ...limit, round };
  return { ...limit, latencyMs: latencyIn(round).medianMs, round: newRound(limit.most, now) };
}

/** The limit with what an answer tells of the host's latency although it is a strain. */
function strained(limit: Limit, { firstByteMs }: Sign): Limit {
  return { ...limit, latencyMs: medianOf(limit), strainMs: firstByteMs ?? limit.strainMs };
}

/**
 * The median of the last round; during the first round, the median so far. If a host has only sent strain, the time of
 * its last answer; null if it sent none.
 */
export function latencyOf(limit: Limit): number | null {
  return medianOf(limit) ?? limit.strainMs;
}

function medianOf({ latencyMs, round }: Limit): number | null {
  return latencyMs ?? (round.count === 0 ? null : latencyIn(round).medianMs);
}

function counted(round: Round, sign: Sign, isFull: boolean, now: number): Round {
  const { firstByteMs } = sign;
  const isKept = firstByteMs !== null && round.count < SAMPLES_MAX;
  return {
    left: round.left - 1,
    startedAt: round.startedAt || now,
    wasFull: round.wasFull || isFull,
    lagged: round.lagged || sign.lagMs > LAG_MS_MAX,
    count: isKept ? round.count + 1 : round.count,
    samples: isKept ? { ms: firstByteMs, rest: round.samples } : round.samples,
  };
}

function nextRound(limit: Limit, round: Round, hostConcurrency: number, now: number): Limit {
  const latency = latencyIn(round);
  const { medianMs: latencyMs } = latency;
  const isJudged = round.count >= SAMPLES_MIN && !round.lagged;
  if (isJudged && isSlow(limit, latency)) {
    // One request at a time is still that slow: the host itself has changed, so everything known of it is forgotten.
    return limit.most === 1
      ? { ...newLimit(hostConcurrency), usual: latency, latencyMs }
      : { ...halved(limit, STAY_AFTER_SLOWNESS, 0, now), latencyMs };
  }
  const slowMs = Math.max(latency.upperMs, limit.slowMs / 2);
  // If many requests begin together, the quick answers come first. Much quicker than before is not yet usual.
  const isUsual = isJudged && (limit.usual !== null || latency.upperMs >= limit.slowMs / 2);
  const judged = { ...limit, latencyMs, slowMs, usual: isUsual ? usualAfter(limit, latency) : limit.usual };
  return round.wasFull ? grown(judged, hostConcurrency, now) : { ...judged, round: newRound(limit.most, now) };
}

/**
 * If some pages of a host are quick and others slow, it is chance whether the median of a round is a quick page or a
 * slow one. Then the upper quartile is a slow page in any case, so it must have risen too.
 */
function isSlow({ usual }: Limit, { medianMs, upperMs }: Latency): boolean {
  return usual !== null && isSlower(medianMs, usual.medianMs) && isSlower(upperMs, usual.upperMs);
}

function isSlower(ms: number, usualMs: number): boolean {
  return ms > Math.max(SLOWDOWN_RATIO * usualMs, usualMs + SLOWDOWN_MS);
}

/**
 * A moving mean of medians, not their minimum: the minimum of noisy figures is always too low, and falls the longer one
 * measures. The usual latency rises only under low load. Otherwise the delay that our own load causes would become
 * usual.
 */
function usualAfter({ usual, most, knee }: Limit, { medianMs, upperMs }: Latency): Latency {
  if (usual === null) return { medianMs, upperMs };
  const rise = most <= Math.max(FIRST, knee / 4) ? USUAL_RISES : 0;
  const towards = (usualMs: number, ms: number): number =>
    usualMs + (ms - usualMs) * (ms < usualMs ? USUAL_FALLS : rise);
  return { medianMs: towards(usual.medianMs, medianMs), upperMs: towards(usual.upperMs, upperMs) };
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

function grown(limit: Limit, hostConcurrency: number, now: number): Limit {
  const change = (most: number, tryAt = 0): Limit => {
    const capped = Math.min(most, hostConcurrency);
    return { ...limit, most: capped, tryAt, round: newRound(capped, now) };
  };
  if (limit.slowStart) return change(limit.most * 2);
  // No strain at the knee this time: move on past it, twice as far each round.
  if (limit.most >= limit.knee) return change(limit.most + limit.most - limit.knee + 1);
  const below = Math.max(1, limit.knee - 1);
  if (limit.most < below) return change(limit.most + Math.ceil((below - limit.most) / 2));
  const tryAt = limit.tryAt || now + Math.min(limit.stayRatio * (now - limit.kneeAt), STAY_MS_MAX);
  return change(now < tryAt ? limit.most : limit.most + 1, tryAt);
}

function newRound(most: number, now: number): Round {
  return { left: most, startedAt: now, wasFull: false, lagged: false, count: 0, samples: null };
}

function latencyIn({ samples, count }: Round): Latency {
  if (count === 0) return { medianMs: 0, upperMs: 0 };
  const sorted = new Float64Array(count);
  let at = 0;
  for (let sample = samples; sample !== null; sample = sample.rest) {
    sorted[at] = sample.ms;
    at += 1;
  }
  sorted.sort();
  return { medianMs: sorted[count >> 1]!, upperMs: sorted[Math.floor(count * 0.75)]! };
}
