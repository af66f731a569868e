// The server of the bench of many hosts, in a process of its own. It is told what to say by messages, and says
// {"root": ...} when it listens.

import { startManyHosts } from '../test/helpers/many-hosts.ts';

const [hosts, pages, delayMs, latencyMs = 0] = process.argv.slice(2).map(Number) as [number, number, number, number?];
const web = await startManyHosts({ hosts, pages, delayMs, wayMs: 100, latencyMs });

/** Asked for the next request, or for what was seen. */
export type Asked = 'request' | 'seen';

process.on('message', (asked: Asked) => {
  if (asked === 'seen') process.send!({ seen: web.seen });
  else {
    web.onRequest = () => {
      web.onRequest = () => {};
      process.send!({ requestAt: Date.now() });
    };
  }
});
process.on('disconnect', () => process.exit());
process.send!({ root: web.root });
