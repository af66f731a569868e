// What the end of a request means: for its URL, for its host, for our own machine. This is the only table of it; who decides
// anything by a status or an error code asks here.

import type { ErrorCode } from './errors.ts';
import { headerOf } from './headers.ts';
import type { Outcome } from './outcome.ts';

export interface Meaning {
  /**
   * `final`: the URL is settled. `again`: it is asked again while it has tries. `later`: the server wants it to be asked later.
   * `unspent`: it is asked again, and no try is spent.
   */
  readonly url: 'final' | 'again' | 'later' | 'unspent';
  /**
   * `answered`: the host does its work. `overloaded`: it answers, and has too much to do. `asks-to-wait`: it says so. `stalled`: the
   * request was sent, and nothing came. `unreachable`: it could not be sent. `nothing`: this says nothing about the host.
   */
  readonly host: 'answered' | 'overloaded' | 'asks-to-wait' | 'stalled' | 'unreachable' | 'nothing';
  /**
   * `works`: something came over the network. `connects`: it works if the connection is a new one. `doubtful`: it may be the network
   * that is gone. `fails`: the machine could not make the request. `nothing`: this says nothing about the machine.
   */
  readonly machine: 'works' | 'connects' | 'doubtful' | 'fails' | 'nothing';
}

const FINAL: Meaning = { url: 'final', host: 'answered', machine: 'works' };
const SERVER_ERROR: Meaning = { url: 'again', host: 'answered', machine: 'works' };
const OVERLOADED: Meaning = { url: 'again', host: 'overloaded', machine: 'works' };
const ASKS_TO_WAIT: Meaning = { url: 'later', host: 'asks-to-wait', machine: 'works' };
/** That there is no such name or service is an answer too: the network brought it. */
const ABSENT: Meaning = { url: 'unspent', host: 'unreachable', machine: 'works' };
const UNREACHABLE: Meaning = { url: 'unspent', host: 'unreachable', machine: 'doubtful' };
const STALLED: Meaning = { url: 'again', host: 'stalled', machine: 'connects' };
const OUR_FAULT: Meaning = { url: 'unspent', host: 'nothing', machine: 'fails' };
const ABORTED: Meaning = { url: 'unspent', host: 'nothing', machine: 'nothing' };
/** The guard let no request out. */
const REFUSED: Meaning = { url: 'final', host: 'nothing', machine: 'nothing' };

/** Where no response came. */
const BY_ERROR: Readonly<Record<ErrorCode, Meaning>> = {
  'dns-not-found': ABSENT,
  'dns-failure': UNREACHABLE,
  refused: ABSENT,
  unreachable: UNREACHABLE,
  'connect-timeout': UNREACHABLE,
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
  disconnect: STALLED,
  'http-malformed': FINAL,
  'http-header-size': FINAL,
  decode: FINAL,
  'redirect-loop': FINAL,
  'redirect-limit': FINAL,
  machine: OUR_FAULT,
  aborted: ABORTED,
};

/** Statuses that mean something else than the others of their hundred (RFC 9110, section 15; RFC 6585, section 4). */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  429: ASKS_TO_WAIT,
  // Not implemented, and not that version of HTTP: that will be so next time.
  501: FINAL,
  503: OVERLOADED,
  505: FINAL,
};

/** What an error means where no response came. */
export function meaningOfError(error: ErrorCode): Meaning {
  return BY_ERROR[error];
}

export function meaningOf({ status, error, refused, headers }: Outcome): Meaning {
  if (refused !== null) return REFUSED;
  if (error !== null) return status > 0 ? cutShort(BY_ERROR[error]) : BY_ERROR[error];
  if (status === 503 && headerOf(headers, 'retry-after') !== undefined) return ASKS_TO_WAIT;
  return BY_STATUS[status] ?? (status >= 500 ? SERVER_ERROR : FINAL);
}

/** The same error once a response has begun: the host was there. */
function cutShort(meaning: Meaning): Meaning {
  return meaning === STALLED ? OVERLOADED : { ...meaning, machine: 'works' };
}
