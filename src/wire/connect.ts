// From a host to a connection: resolve, check every address, try them as happy eyeballs do (RFC 8305), and pin the one that
// answered. With a single address, as on most hosts, nothing but that address is tried.

import type { Clock, Timer } from '../base/clock.ts';
import { CONNECT_ATTEMPT_DELAY_MS } from '../base/limits.ts';
import { Connection, type ConnectionHome } from './connection.ts';
import type { Resolve } from './dns.ts';
import type { Origin } from './origin.ts';

/** All addresses of the host are private, and nobody meant that. */
export class AddressRefused extends Error {}

export interface Connector {
  readonly home: ConnectionHome;
  readonly resolve: Resolve;
  readonly clock: Clock;
  readonly allows: (hostname: string, address: string) => boolean;
}

/** A fresh connection to the host; `onAttempt` is told of each, so that a stop can reach it. Rejects with the last failure. */
export async function connectTo(
  connector: Connector,
  origin: Origin,
  onAttempt: (attempt: Connection) => void,
): Promise<Connection> {
  const all = await connector.resolve(origin.hostname);
  const addresses = all.filter((address) => connector.allows(origin.hostname, address));
  if (addresses.length === 0) throw new AddressRefused(`${origin.hostname} is ${all.join(', ')}`);
  return new Promise((resolve, reject) => race(connector, origin, addresses, onAttempt, resolve, reject));
}

function race(
  connector: Connector,
  origin: Origin,
  addresses: readonly string[],
  onAttempt: (attempt: Connection) => void,
  resolve: (connection: Connection) => void,
  reject: (error: unknown) => void,
): void {
  const attempts = new Set<Connection>();
  let next = 0;
  let isOver = false;
  let timer: Timer | null = null;

  const tryNext = (): void => {
    timer?.cancel();
    timer = null;
    const address = addresses[next];
    if (isOver || address === undefined) return;
    next += 1;
    const attempt = new Connection(connector.home, origin, address, (error) => settle(attempt, error));
    attempts.add(attempt);
    onAttempt(attempt);
    if (next < addresses.length) timer = connector.clock.after(CONNECT_ATTEMPT_DELAY_MS, tryNext);
  };
  const settle = (attempt: Connection, error: unknown): void => {
    attempts.delete(attempt);
    if (isOver) return attempt.destroy();
    if (error === null) {
      isOver = true;
      timer?.cancel();
      for (const other of attempts) other.destroy();
      return resolve(attempt);
    }
    if (next < addresses.length) return tryNext();
    if (attempts.size === 0) {
      isOver = true;
      reject(error);
    }
  };
  tryNext();
}
