// Servers as a queueing theorist draws them, on the virtual clock: what each request costs, and what becomes of too
// many.

import type { Clock } from '../../src/base/clock.ts';
import type { Random } from '../helpers/random.ts';
import type { Reply } from '../simulate/outcomes.ts';

/** Takes a request; `answer` is called once, at the virtual time at which its first byte comes. */
export type Server = (answer: (reply: Reply) => void) => void;
export type MakeServer = (clock: Clock, random: Random) => Server;

const OK: Reply = { status: 200 };
const OVERLOADED: Reply = { status: 503 };
const SILENT: Reply = { status: 0, error: 'first-byte-timeout' };
const TIMEOUT_MS = 30_000;
/** How soon a server says that it will not. */
const REFUSAL_MS = 5;

/** Answers after `ms`, however many ask. */
export function steady(ms: number): MakeServer {
  return (clock, random) => (answer) => void clock.after(jittered(ms, random), () => answer(OK));
}

/** So many requests are worked on at a time, `serviceMs` each; the others queue. */
export function cores(count: number, serviceMs: number): MakeServer {
  return (clock, random) => {
    const queue: (() => void)[] = [];
    let busy = 0;
    const next = (): void => {
      const work = busy < count ? queue.shift() : undefined;
      if (work === undefined) return;
      busy += 1;
      clock.after(jittered(serviceMs, random), () => {
        busy -= 1;
        work();
        next();
      });
    };
    return (answer) => {
      queue.push(() => answer(OK));
      next();
    };
  };
}

/** Answers after `ms` while at most `most` are in flight; what is beyond gets 503, or never an answer. */
export function overloadedPast(most: number, ms: number, beyond: '503' | 'silence' = '503'): MakeServer {
  return (clock, random) => {
    let inFlight = 0;
    return (answer) => {
      if (inFlight >= most) {
        const [waitMs, reply] = beyond === '503' ? [REFUSAL_MS, OVERLOADED] : [TIMEOUT_MS, SILENT];
        clock.after(waitMs, () => answer(reply));
        return;
      }
      inFlight += 1;
      clock.after(jittered(ms, random), () => {
        inFlight -= 1;
        answer(OK);
      });
    };
  };
}

/** A bucket of `burst` tokens, `perSecond` new ones; who finds it empty gets 429 and is told to wait. */
export function limitedRate(perSecond: number, burst: number, ms: number, retryAfterS: number): MakeServer {
  const refusal: Reply = { status: 429, headers: ['Retry-After', `${retryAfterS}`] };
  return (clock, random) => {
    let tokens = burst;
    let filledAt = clock.now();
    return (answer) => {
      const now = clock.now();
      tokens = Math.min(burst, tokens + ((now - filledAt) * perSecond) / 1000);
      filledAt = now;
      if (tokens < 1) {
        clock.after(REFUSAL_MS, () => answer(refusal));
        return;
      }
      tokens -= 1;
      clock.after(jittered(ms, random), () => answer(OK));
    };
  };
}

/** One server after the other, `ms` each, the last for good. */
export function changing(ms: number, makes: readonly MakeServer[]): MakeServer {
  return (clock, random) => {
    const servers = makes.map((make) => make(clock, random));
    const start = clock.now();
    return (answer) => {
      const turn = Math.floor((clock.now() - start) / ms);
      servers[Math.min(turn, servers.length - 1)]!(answer);
    };
  };
}

/** Between half and one and a half of it, and one in a hundred takes five times as long. */
function jittered(ms: number, random: Random): number {
  const straggles = random() < 0.01;
  return ms * (0.5 + random()) * (straggles ? 5 : 1);
}

/** Answers after `ms` in the middle, with a long tail: the logarithms have a standard deviation of a half. */
export function uneven(ms: number): MakeServer {
  return (clock, random) => (answer) => void clock.after(ms * Math.exp(normal(random) / 2), () => answer(OK));
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
