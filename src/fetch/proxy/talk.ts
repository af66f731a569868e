// What is said to a proxy before it passes on what we say to the origin. A talk is a generator: it yields what to say
// and how to find the end of the answer, gets the answer, and returns why it failed, or null.

import type { ProxyAddress } from '../../url/proxy.ts';
import type { Failure } from '../failure.ts';

export interface Remark {
  readonly say: Uint8Array;
  /** How many of the bytes are the answer; 0 if it is not complete. */
  readonly answer: (bytes: Buffer) => number;
}

export type Talk = Generator<Remark, Failure | null, Buffer>;

/** Where a tunnel leads: a name, or an IP address without brackets. */
export interface TunnelEnd {
  readonly hostname: string;
  readonly isAddress: boolean;
  readonly port: number;
}

/** How a proxy fails that cannot be used. */
export function proxyFailure({ label }: ProxyAddress, detail: string): Failure {
  return { code: 'proxy-failed', detail: `the proxy ${label}: ${detail}` };
}
