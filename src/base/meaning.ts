// What the end of a request means for its URL, for its host and for our own machine. This is the only table of it: all
// decisions on a status or an error code use it.

import type { ErrorCode } from './errors.ts';
import { headerOf } from './headers.ts';
import type { Outcome } from './outcome.ts';

export interface Meaning {
  /**
   * `final`: the URL is settled. `again`: it is retried while it has tries. `later`: the server wants it to be
   * requested later. `unspent`: it is retried, and no try is spent.
   */
  readonly url: 'final' | 'again' | 'later' | 'unspent';
  /**
   * `answered`: the host works. `overloaded`: it answers but has too much to do. `asks-to-wait`: it asks us to wait.
   * `stalled`: the request was sent, and no response came. `unreachable`: it could not be sent. `nothing`: this says
   * nothing about the host.
   */
  readonly host: 'answered' | 'overloaded' | 'asks-to-wait' | 'stalled' | 'unreachable' | 'nothing';
  /**
   * `works`: something came over the network. `connects`: it works if the connection is new. `doubtful`: the network
   * may be gone. `fails`: the machine could not make the request. `nothing`: this says nothing about the machine.
   */
  readonly machine: 'works' | 'connects' | 'doubtful' | 'fails' | 'nothing';
}

const FINAL: Meaning = { url: 'final', host: 'answered', machine: 'works' };
const SERVER_ERROR: Meaning = { url: 'again', host: 'answered', machine: 'works' };
const OVERLOADED: Meaning = { url: 'again', host: 'overloaded', machine: 'works' };
const ASKS_TO_WAIT: Meaning = { url: 'later', host: 'asks-to-wait', machine: 'works' };
/** That a name or a service does not exist is an answer too: it came over the network. */
const ABSENT: Meaning = { url: 'unspent', host: 'unreachable', machine: 'works' };
const UNREACHABLE: Meaning = { url: 'unspent', host: 'unreachable', machine: 'doubtful' };
const STALLED: Meaning = { url: 'again', host: 'stalled', machine: 'connects' };
const OUR_FAULT: Meaning = { url: 'unspent', host: 'nothing', machine: 'fails' };
const ABORTED: Meaning = { url: 'unspent', host: 'nothing', machine: 'nothing' };
/** The server asked who the user is: the next request says it. */
const CHALLENGE: Meaning = { url: 'unspent', host: 'answered', machine: 'works' };
/** The guard refused the request. */
const REFUSED: Meaning = { url: 'final', host: 'nothing', machine: 'nothing' };

/** If no response came. */
const BY_ERROR: Readonly<Record<ErrorCode, Meaning>> = {
  'dns-not-found': ABSENT,
  'dns-failure': UNREACHABLE,
  refused: ABSENT,
  unreachable: UNREACHABLE,
  'connect-timeout': UNREACHABLE,
  'proxy-failed': UNREACHABLE,
  'proxy-auth': ABSENT,
  'proxy-refused': FINAL,
  'tls-timeout': UNREACHABLE,
  'tls-expired': FINAL,
  'tls-not-yet-valid': FINAL,
  'tls-wrong-host': FINAL,
  'tls-self-signed': FINAL,
  'tls-unknown-issuer': FINAL,
  'tls-certificate': FINAL,
  'tls-protocol': FINAL,
  'first-byte-timeout': STALLED,
  'idle-timeout': STALLED,
  'min-rate': FINAL,
  'max-time': FINAL,
  reset: STALLED,
  'not-processed': ASKS_TO_WAIT,
  'tls-incomplete-chain': FINAL,
  disconnect: STALLED,
  'http-malformed': FINAL,
  'http-header-size': FINAL,
  decode: FINAL,
  'redirect-loop': FINAL,
  'redirect-limit': FINAL,
  machine: OUR_FAULT,
  aborted: ABORTED,
};

/** Statuses that differ in meaning from the rest of their class (RFC 9110, section 15; RFC 6585, section 4). */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  429: ASKS_TO_WAIT,
  // Not implemented, or HTTP version not supported: the next try would get the same.
  501: FINAL,
  503: OVERLOADED,
  505: FINAL,
};

/** What an error means if no response came. */
export function meaningOfError(error: ErrorCode): Meaning {
  return BY_ERROR[error];
}

export function meaningOf({ status, error, refused, headers, isChallenge }: Outcome): Meaning {
  if (refused !== null) return REFUSED;
  if (isChallenge === true) return CHALLENGE;
  if (error !== null) return status > 0 ? cutShort(BY_ERROR[error]) : BY_ERROR[error];
  if (status === 503 && headerOf(headers, 'retry-after') !== undefined) return ASKS_TO_WAIT;
  // A status from 600 on is outside of HTTP: the server means it, and another try would get the same.
  return BY_STATUS[status] ?? (status >= 500 && status < 600 ? SERVER_ERROR : FINAL);
}

/** What an error means once a response has begun: the host was there. */
function cutShort(meaning: Meaning): Meaning {
  return meaning === STALLED ? OVERLOADED : { ...meaning, machine: 'works' };
}
