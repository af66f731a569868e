// Loaded into a worker before all else: it asks servers on loopback from an address of its own, as another machine
// would, so that the log of a site tells the workers apart.

import { Socket } from 'node:net';

const VARIABLE = 'GOSSAMER_TEST_ADDRESS';
const NETWORK = '127.1.0.';

/** The environment of a worker, and what must be imported into it. */
export function ownAddress(worker: number): { readonly env: NodeJS.ProcessEnv; readonly module: string } {
  return { env: { [VARIABLE]: `${NETWORK}${worker}` }, module: import.meta.url };
}

/** The worker that has this address; `-` for any other process. */
export function workerAt(address: string | undefined): string {
  return address?.startsWith(NETWORK) === true ? address.slice(NETWORK.length) : '-';
}

const own = process.env[VARIABLE];
if (own !== undefined) {
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    // Node itself passes all arguments as one array.
    const [options] = args.flat() as [{ host?: string; localAddress?: string }];
    if (options.host?.startsWith('127.') === true) options.localAddress = own;
    return Reflect.apply(connect, this, args);
  } as typeof connect;
}
