// Limits how many requests may be in flight: as many as the user wants, if the system has the resources. It owns this
// limit. The limit falls when the system refuses a connection and rises again while it refuses nothing.

import type { Clock } from '../base/clock.ts';
import type { Outcome } from '../base/contracts.ts';
import { connectionsMost, type Descriptors } from './descriptors.ts';

/** Fewer requests are in flight than the user wants. */
export interface Shortage {
  readonly most: number;
  readonly asked: number;
  /** How many files the process may have open; null if unknown. */
  readonly limit: number | null;
  /** The system's name of the missing resource (`EMFILE`); empty if the system never refused anything. */
  readonly why: string;
}

export interface Allowance {
  most(): number;
  /** How many requests are in flight now, and the highest number so far. */
  readonly onWire: { readonly inFlight: number; readonly peakInFlight: number };
  began(): void;
  ended(outcome: Outcome): void;
  /** Null while nothing is missing. */
  shortage(): Shortage | null;
}

/** Error codes of a system that has no resources left for a connection but may have some later. */
const LACKING = /\b(EMFILE|ENFILE|ENOBUFS|ENOMEM|EAGAIN|EADDRNOTAVAIL)\b/;
/** After this time without a refusal the limit grows by one part in `STEPS`. */
const GROW_AFTER_MS = 5_000;
const STEPS = 8;

/** `asked` is the number of requests that the user wants. */
export function createAllowance(clock: Clock, asked: number, given: Descriptors): Allowance {
  const ceiling = Math.min(asked, connectionsMost(given));
  let most = ceiling;
  let changedMs = Number.NEGATIVE_INFINITY;
  let why = '';
  const onWire = { inFlight: 0, peakInFlight: 0 };

  const look = (outcome: Outcome): void => {
    const lacking = outcome.error === 'machine' ? (LACKING.exec(outcome.detail)?.[0] ?? null) : null;
    // All requests from before the last change report the same shortage, so only later ones count.
    if (lacking !== null && outcome.sentAt > changedMs) {
      most = Math.max(1, Math.min(most, onWire.inFlight) - Math.ceil(Math.min(most, onWire.inFlight) / STEPS));
      why = lacking;
    } else if (lacking === null && most < ceiling && clock.now() - changedMs >= GROW_AFTER_MS) {
      most = Math.min(ceiling, most + Math.ceil(most / STEPS));
    } else return;
    changedMs = clock.now();
  };
  return {
    most: () => most,
    onWire,
    began() {
      onWire.inFlight += 1;
      onWire.peakInFlight = Math.max(onWire.peakInFlight, onWire.inFlight);
    },
    ended(outcome) {
      look(outcome);
      onWire.inFlight -= 1;
    },
    shortage: () => (ceiling === asked && why === '' ? null : { most, asked, limit: given.limit, why }),
  };
}
