// From an origin to an open connection: its name becomes addresses, the guard admits some of them, and a wire is opened
// to the one that answers first. The dialler owns every wire until it is open, and counts them all until they are
// closed.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import type { Connection, ConnectionOwner, Protocol } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import type { Failure } from '../failure.ts';
import type { Guard } from '../guard.ts';
import type { ConnectProxy } from '../proxy/connect.ts';
import type { ProxyRoute } from '../proxy/proxy-login.ts';
import { resolvesHere } from '../proxy/routes.ts';
import { proxyFailure, type TunnelEnd } from '../proxy/talk.ts';
import { tunnelThrough } from '../proxy/tunnel.ts';
import type { Wheel } from '../wheel.ts';
import type { Connect } from './connect.ts';
import type { DnsCache } from './dns.ts';
import { Handshakes } from './handshakes.ts';
import type { ConnectionFigures, Pool } from './pool.ts';
import { Race } from './race.ts';
import { type Distrust, tlsFactsOf } from './trust.ts';
import { isWanted, typedFor, type WaysRules } from './ways.ts';
import { Wire, type WireOwner } from './wire.ts';

export interface DialParts {
  readonly dns: DnsCache;
  readonly admits: Guard['admits'];
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly connect: Connect;
  readonly connectProxy: ConnectProxy;
  readonly ways: WaysRules;
  readonly distrust: Distrust;
  /** Outcomes tell of TLS. */
  readonly tellsTls: boolean;
  /** The first that the server chooses is spoken; the last, if it chooses none. */
  readonly protocols: readonly Protocol[];
  /** Wires that may be open at a time, as long as some of them wait for work. */
  readonly connectionsMost: number;
}

/** Addresses in the order in which to try them. */
interface Found {
  readonly addresses: readonly string[];
  readonly failure: Failure | null;
  /** The user typed them, or the guard has judged them with their origin. */
  readonly isGiven: boolean;
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
  readonly #handshakes: Handshakes;

  constructor(parts: DialParts, pool: Pool, owner: DialOwner) {
    this.wheel = owner.wheel;
    this.timeoutMs = parts.timeoutMs;
    this.#parts = parts;
    this.#pool = pool;
    this.#owner = owner;
    this.#handshakes = new Handshakes(parts.clock, (exchange) => this.#begin(exchange));
  }

  dial(exchange: Exchange): void {
    if (exchange.origin.isSecure) this.#handshakes.begin(exchange);
    else this.#begin(exchange);
  }

  #begin(exchange: Exchange): void {
    const { isAddress, route } = exchange.origin;
    if (this.#parts.ways.unixSocket !== null) this.#bind(exchange, this.#open(exchange, ''));
    else if (route !== null && (isAddress || !resolvesHere(route))) this.#dialProxy(exchange, route, exchange.origin);
    else this.#find(exchange, exchange.origin, (found) => this.#dialOne(exchange, found));
  }

  /** The addresses of a host: those that the user typed for it, or itself, or those of its name. */
  #find(exchange: Exchange, { hostname, isAddress, port }: TunnelEnd, found: (found: Found) => void): void {
    const { dns, ways } = this.#parts;
    const typed = typedFor(ways, hostname, port);
    const given = typed ?? (isAddress ? [hostname] : null);
    const told = (entry: Omit<Found, 'isGiven'>): void => {
      const addresses = entry.addresses.filter((address) => isWanted(ways, address));
      const isLacking = addresses.length === 0 && entry.failure === null;
      const where = given?.[0] === hostname ? `no IPv${ways.family} address` : `at ${entry.addresses.join(', ')}`;
      const detail = `${hostname} is ${where}, and only IPv${ways.family} is wanted`;
      const failure: Failure | null = isLacking ? { code: 'dns-not-found', detail } : entry.failure;
      found({ addresses, failure, isGiven: given !== null });
    };
    const known = given !== null ? { addresses: given, failure: null } : dns.known(hostname);
    if (known !== null) told(known);
    else dns.resolve(hostname).then((entry) => exchange.isSettled || told(entry));
  }

  /**
   * The address that is connected to is the very one that the guard admitted: a name may resolve to another next time.
   */
  #dialOne(exchange: Exchange, { addresses, failure, isGiven }: Found): void {
    const { hostname, port, route } = exchange.origin;
    if (failure !== null) {
      this.#owner.undialled(exchange, failure);
      return;
    }
    const admitted = isGiven ? addresses : addresses.filter((address) => this.#parts.admits(hostname, address));
    if (admitted.length === 0) {
      this.#owner.refused(exchange, `refused before connecting: ${hostname} is at ${addresses.join(', ')}`);
    } else if (route !== null) {
      // Of a proxy we do not know whether it has IPv6.
      const target = admitted.find((address) => !address.includes(':')) ?? admitted[0]!;
      this.#dialProxy(exchange, route, { hostname: target, isAddress: true, port });
    } else if (admitted.length === 1) this.#bind(exchange, this.#open(exchange, admitted[0]!));
    else this.#race(exchange, admitted);
  }

  /** The guard does not look at the proxy, because the user named it. */
  #dialProxy(exchange: Exchange, route: ProxyRoute, end: TunnelEnd): void {
    this.#find(exchange, route, ({ addresses, failure }) => {
      if (failure !== null) this.#owner.undialled(exchange, proxyFailure(route, failure.detail));
      else if (addresses.length === 1) this.#bind(exchange, this.#open(exchange, addresses[0]!, end));
      else this.#race(exchange, addresses, end);
    });
  }

  #race(exchange: Exchange, addresses: readonly string[], end?: TunnelEnd): void {
    const { hostname, route } = exchange.origin;
    exchange.dial = new Race(this.#parts.clock, {
      addresses,
      open: (address) => this.#open(exchange, address, end),
      hasRoom: () => this.#owner.figures.open - this.#pool.size < this.#parts.connectionsMost,
      won: (wire) => {
        this.#parts.dns.worked(route?.hostname ?? hostname, wire.address);
        this.#bind(exchange, wire);
      },
      lost: (failure) => this.#owner.undialled(exchange, failure),
    });
  }

  /** A socket to the address; if the origin has a proxy that is the proxy's, and `end` is where its tunnel leads. */
  #open({ origin }: Exchange, address: string, end?: TunnelEnd): Wire {
    const { figures } = this.#owner;
    if (figures.open >= this.#parts.connectionsMost) this.#pool.dropOldest();
    figures.opened += 1;
    figures.open += 1;
    const { connect, connectProxy } = this.#parts;
    if (origin.route === null || end === undefined) return new Wire(this, origin, address, connect(origin, address));
    const tunnel = tunnelThrough(origin.route, end, origin.isSecure);
    return new Wire(this, origin, address, connectProxy(origin.route, address), tunnel);
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

  distrusted(wire: Wire): Failure | null {
    const socket = wire.socket as TLSSocket;
    if (this.#parts.tellsTls) {
      wire.tls = tlsFactsOf(socket);
      wire.exchange!.tls = wire.tls;
    }
    return this.#parts.distrust(wire.origin, socket);
  }

  secure({ origin, address, socket }: Wire): Socket {
    return this.#parts.connect(origin, address, socket);
  }

  failed(wire: Wire, told: Failure): void {
    const isOfProxy = wire.isAtProxy && told.code !== 'machine' && told.code !== 'proxy-failed';
    const failure = isOfProxy ? proxyFailure(wire.origin.route!, `${told.code} ${told.detail}`) : told;
    if (wire.race !== null) wire.race.failed(wire, failure);
    else if (wire.exchange !== null) this.#owner.undialled(wire.exchange, failure);
  }

  closed(): void {
    this.#owner.figures.open -= 1;
  }
}
