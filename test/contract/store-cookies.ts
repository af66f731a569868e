// The cookies of every store.

import assert from 'node:assert/strict';
import { type Cookie, GONE_AT, type SiteCookie } from '../../src/base/cookies.ts';
import { inStore, NOW, type Suite } from './store-samples.ts';

export function cookiesContract(suite: Suite): void {
  inStore(suite, 'cookies: each as it was written last, by site, and not those that are gone', async (store) => {
    const cookie = (name: string, more: Partial<Cookie> = {}): SiteCookie => ({
      site: more.domain ?? 'a.test',
      cookie: {
        ...{
          name,
          value: 'v\xe4\t"',
          domain: 'a.test',
          isHostOnly: true,
          path: '/',
          isSecure: false,
          isHttpOnly: true,
        },
        ...{ sameSite: 'lax', expiresAt: null, createdAt: NOW, changedAt: NOW, ...more },
      },
    });
    const write = (...cookies: SiteCookie[]): Promise<void> =>
      store.frontier.settle({ settlements: [], hosts: [], run: null, cookies });
    const elsewhere = cookie('one', { domain: 'b.test', expiresAt: NOW + 5 });
    await write(cookie('one'), cookie('two'), elsewhere);
    await write(
      cookie('one', { value: 'new' }),
      cookie('two', { expiresAt: GONE_AT }),
      cookie('never', { expiresAt: 0 }),
    );
    const byValue = (all: readonly SiteCookie[]): SiteCookie[] =>
      all.toSorted((one, other) => one.site.localeCompare(other.site));
    assert.deepEqual(byValue(await store.cookies.load()), [cookie('one', { value: 'new' }), elsewhere]);
    assert.deepEqual(await store.cookies.load(['b.test', 'c.test']), [elsewhere]);
    assert.deepEqual(await store.cookies.load([]), []);
  });
}
