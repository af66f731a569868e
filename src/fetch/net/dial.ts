// From an origin to an open connection: its name becomes addresses, the guard admits some of them, and a wire is opened
// to the one that answers first. The dialler owns every wire until it is open, and counts them all until they are
// closed.

import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import type { Connection, ConnectionOwner, Protocol } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import type { Failure } from '../failure.ts';
import type { Guard } from '../guard.ts';
import type { Wheel } from '../wheel.ts';
import type { Connect } from './connect.ts';
import type { DnsCache, DnsEntry } from './dns.ts';
import type { ConnectionFigures, Pool } from './pool.ts';
import { Race } from './race.ts';
import { Wire, type WireOwner } from './wire.ts';

export interface DialParts {
  readonly dns: DnsCache;
  readonly admits: Guard['admits'];
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly connect: Connect;
  /** The first that the server chooses is spoken; the last, if it chooses none. */
  readonly protocols: readonly Protocol[];
  /** Wires that may be open at a time, as long as some of them wait for work. */
  readonly connectionsMost: number;
}

export interface DialOwner extends ConnectionOwner {
  readonly wheel: Wheel;
  readonly figures: { -readonly [Name in keyof ConnectionFigures]: number };
  /** The exchange has a connection of its own to go out on. */
  dialled(exchange: Exchange, connection: Connection): void;
  undialled(exchange: Exchange, failure: Failure): void;
  /** The guard admits no address of the origin. */
  refused(exchange: Exchange, detail: string): void;
}

export class Dialler implements WireOwner {
  readonly wheel: Wheel;
  readonly timeoutMs: number;
  readonly #parts: DialParts;
  readonly #owner: DialOwner;
  readonly #pool: Pool;

  constructor(parts: DialParts, pool: Pool, owner: DialOwner) {
    this.wheel = owner.wheel;
    this.timeoutMs = parts.timeoutMs;
    this.#parts = parts;
    this.#pool = pool;
    this.#owner = owner;
  }

  dial(exchange: Exchange): void {
    const { hostname, isAddress } = exchange.origin;
    const { dns } = this.#parts;
    if (isAddress) {
      this.#bind(exchange, this.#open(exchange, hostname));
      return;
    }
    const known = dns.known(hostname);
    if (known !== null) this.#dialOne(exchange, known);
    else dns.resolve(hostname).then((entry) => exchange.isSettled || this.#dialOne(exchange, entry));
  }

  /**
   * The address that is connected to is the very one that the guard admitted: a name may resolve to another next time.
   */
  #dialOne(exchange: Exchange, { addresses, failure }: DnsEntry): void {
    const { hostname } = exchange.origin;
    if (failure !== null) {
      this.#owner.undialled(exchange, failure);
      return;
    }
    const admitted = addresses.filter((address) => this.#parts.admits(hostname, address));
    if (admitted.length === 0) {
      this.#owner.refused(exchange, `refused before connecting: ${hostname} is at ${addresses.join(', ')}`);
    } else if (admitted.length === 1) this.#bind(exchange, this.#open(exchange, admitted[0]!));
    else this.#race(exchange, admitted);
  }

  #race(exchange: Exchange, addresses: readonly string[]): void {
    exchange.dial = new Race(this.#parts.clock, {
      addresses,
      open: (address) => this.#open(exchange, address),
      hasRoom: () => this.#owner.figures.open - this.#pool.size < this.#parts.connectionsMost,
      won: (wire) => {
        this.#parts.dns.worked(exchange.origin.hostname, wire.address);
        this.#bind(exchange, wire);
      },
      lost: (failure) => this.#owner.undialled(exchange, failure),
    });
  }

  #open({ origin }: Exchange, address: string): Wire {
    const { figures } = this.#owner;
    if (figures.open >= this.#parts.connectionsMost) this.#pool.dropOldest();
    figures.opened += 1;
    figures.open += 1;
    return new Wire(this, origin, address, this.#parts.connect(origin, address));
  }

  #bind(exchange: Exchange, wire: Wire): void {
    wire.exchange = exchange;
    exchange.dial = wire;
  }

  // --- what happens on a wire
  // ------------------------------------------------------------------------------------------

  connected(wire: Wire): void {
    wire.race?.won(wire);
    wire.exchange!.remoteAddress = wire.address;
  }

  opened(wire: Wire): void {
    const exchange = wire.exchange!;
    const chosen = (wire.socket as TLSSocket).alpnProtocol;
    const { protocols } = this.#parts;
    const protocol = protocols.find(({ version }) => version === chosen) ?? protocols.at(-1)!;
    const connection = protocol.speak(wire, this.#owner);
    wire.exchange = null;
    wire.speaker = connection;
    this.#owner.dialled(exchange, connection);
  }

  failed(wire: Wire, failure: Failure): void {
    if (wire.race !== null) wire.race.failed(wire, failure);
    else if (wire.exchange !== null) this.#owner.undialled(wire.exchange, failure);
  }

  closed(): void {
    this.#owner.figures.open -= 1;
  }
}
