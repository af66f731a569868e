// The address of a database may be in the environment, where it is not seen in the list of processes.

import { UsageError } from '../base/errors.ts';

/** The database whose address is in DATABASE_URL. */
const BARE_POSTGRES = /^postgres(?:ql)?:$/;

/** The value of --store with its address. Throws UsageError if DATABASE_URL is needed and missing. */
export function addressOf(
  store: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  if (store === null || !BARE_POSTGRES.test(store)) return store;
  const address = environment['DATABASE_URL'];
  if (address !== undefined && address !== '') return address;
  throw new UsageError(`--store ${store} takes the address from DATABASE_URL, which is not set.`);
}
