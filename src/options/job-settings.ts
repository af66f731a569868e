// The options that all workers of a job must have in common. A database keeps them with the job: a worker that joins
// takes them from there, or has the same. Secrets are not kept; the names of their options are.

import type { JobIdentity } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import type { CrawlChoices, CrawlOptions, OptionName } from './crawl-options.ts';
import { longFlag, OPTIONS } from './options.ts';

/** By the long flag of each option. */
export type JobSettings = Readonly<Record<string, unknown>>;

/** These belong to the identity of a job. */
const IDENTITY: ReadonlySet<OptionName> = new Set([
  'scope',
  'strict',
  'include',
  'exclude',
  'depth',
  'pageRequisites',
  'keepParameters',
]);
/** Only whether they were given is kept. */
const SECRETS: readonly OptionName[] = ['auth', 'headers', 'hosts', 'signKey'];
/** Each worker has its own. */
const OWN: readonly OptionName[] = [
  ...(['concurrency', 'output', 'store', 'job', 'worker', 'leaseMs', 'logLevel', 'index'] as const),
  ...(['cookieFile', 'saveCookies', 'netrc', 'netrcFile'] as const),
  ...(['databasePatienceMs', 'archivePlace', 'archiveSpoolBytes', 'archivePatienceMs'] as const),
  ...(['ca', 'cert', 'key', 'keyPassphrase', 'minTls', 'aia'] as const),
  ...(['resolve', 'localAddress', 'ipv4', 'ipv6', 'unixSocket', 'rateLimit'] as const),
  ...(['proxy', 'proxyFile', 'noProxy', 'proxyInsecure', 'proxyCa', 'proxyDigest'] as const),
  ...(['archive', 'warcCompression', 'warcLevel', 'archiveCredentials', 'archiveMetadata', 'revisitsOf'] as const),
];
/** The options that a worker takes when it joins a job. */
export const WORKER_OPTIONS: readonly OptionName[] = [...OWN, ...SECRETS];

const SECRET = new Set(SECRETS);
const SHARED = OPTIONS.filter(({ name }) => !IDENTITY.has(name) && !OWN.includes(name) && name !== 'fresh');

export function settingsOf(options: CrawlOptions): JobSettings {
  return Object.fromEntries(
    SHARED.map(({ name, flags }) => {
      const value = options[name];
      return [longFlag(flags), SECRET.has(name) ? isGiven(value) : value];
    }),
  );
}

function isGiven(value: unknown): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0);
}

/** The options of a worker that joins a job, as far as the job decides them. */
export function choicesOf({ scope, keyRules: _, ...same }: JobIdentity, settings: JobSettings): CrawlChoices {
  const kept = SHARED.filter(({ name, flags }) => !SECRET.has(name) && longFlag(flags) in settings);
  const [which, strict] = scope.split(' ');
  return {
    ...Object.fromEntries(kept.map(({ name, flags }) => [name, settings[longFlag(flags)]])),
    ...same,
    scope: which as CrawlOptions['scope'],
    strict: strict !== undefined,
  };
}

/** Throws UsageError if the job was begun with a secret that this worker lacks. */
export function assertSecrets(options: CrawlOptions, settings: JobSettings): void {
  for (const { name, flags } of SHARED) {
    if (!SECRET.has(name) || settings[longFlag(flags)] !== true || isGiven(options[name])) continue;
    throw new UsageError(`The job was begun with ${longFlag(flags)}: give it too.`);
  }
}
