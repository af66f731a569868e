// Loopback addresses besides 127.0.0.1: Linux has all of 127.0.0.0/8, other systems only the first unless they are
// configured.

import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * The `skip` of a test that needs these addresses: false if all exist, otherwise a sentence that names the missing one.
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
