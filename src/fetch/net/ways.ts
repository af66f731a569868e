// How connections leave this machine where the user wants it otherwise than usual: to addresses that the user typed, of
// one family alone, from an address of one's own, or to a Unix socket.

import { createServer, isIPv6 } from 'node:net';
import type { TypedAddresses } from '../../url/typed-address.ts';

export interface WaysRules {
  readonly typed: readonly TypedAddresses[];
  /** Only addresses of this family are used; null for both. */
  readonly family: 4 | 6 | null;
  /** The addresses of this machine to connect from, one of each family; null for the usual one. */
  readonly sources: { readonly 4: string | null; readonly 6: string | null };
  /** Every connection goes to this Unix socket; null for the addresses of hosts. */
  readonly unixSocket: string | null;
}

export const USUAL_WAYS: WaysRules = { typed: [], family: null, sources: { 4: null, 6: null }, unixSocket: null };

/** Where a socket is opened to, in the words of node:net. */
type SocketEnd = { readonly path: string } | { readonly host: string; readonly port: number };

/** Finds the endpoint of an address; the address is empty for a Unix socket. */
export type EndpointOf = (address: string, port: number) => SocketEnd;

export function createEndpoints({ unixSocket, sources }: WaysRules): EndpointOf {
  if (unixSocket !== null) return () => ({ path: unixSocket });
  if (sources[4] === null && sources[6] === null) return (host, port) => ({ host, port });
  return (host, port) => {
    const source = sources[isIPv6(host) ? 6 : 4];
    return { host, port, ...(source !== null && { localAddress: source }) };
  };
}

/** Why no connection can come from the address; null if it can. What can be listened at is an address of ours. */
export async function whyNoSource(address: string): Promise<string | null> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<string | null>();
  server.on('error', (error) => resolve(error.message));
  server.listen({ host: address, port: 0, exclusive: true }, () => resolve(null));
  const why = await promise;
  server.close();
  return why;
}

/** Whether an address is of the family that is wanted. */
export function isWanted({ family }: Pick<WaysRules, 'family'>, address: string): boolean {
  return family === null || isIPv6(address) === (family === 6);
}

/** The addresses that the user typed for a host and port, which win over those for `*`; null if there are none. */
export function typedFor(
  { typed }: Pick<WaysRules, 'typed'>,
  hostname: string,
  port: number,
): readonly string[] | null {
  if (typed.length === 0) return null;
  const name = hostname.replace(/\.$/, '');
  const own = typed.findLast((each) => each.port === port && each.hostname === name);
  return (own ?? typed.findLast((each) => each.port === port && each.hostname === '*'))?.addresses ?? null;
}
