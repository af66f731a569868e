// Addresses of loopback beside 127.0.0.1: Linux has all of 127.0.0.0/8, other systems have the first alone unless it is
// told otherwise.

import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * For `skip` of a test that needs these addresses: false where all are there, otherwise the sentence that says which is
 * not.
 */
export async function missingLoopback(...addresses: readonly string[]): Promise<string | false> {
  for (const address of addresses) {
    const server = createServer();
    try {
      await once(server.listen(0, address), 'listening');
    } catch {
      return `${address} is no address of this machine`;
    } finally {
      server.close();
    }
  }
  return false;
}
