// Everything that can go wrong, as a tree.
//
//   ErrorCode          a result: the URL failed, and the crawl goes on (meaning.ts has what each code means)
//   GossamerError      thrown
//   ├─ UsageError      the caller asked for something impossible: exit 2
//   ├─ JobError        the job is locked, unreadable, newer, older, moved, or of another identity: exit 2
//   └─ MachineError    the disk is full, a server gone, or no descriptor free; the job can go on later: exit 3
//
// A failed page is an Outcome with an ErrorCode, never an exception.

/** Why a URL has no response. The words are stable: they appear in the store, in exports and in reports. */
export const ERROR_CODES = [
  'dns-not-found',
  'dns-failure',
  'refused',
  'unreachable',
  'connect-timeout',
  'proxy-failed',
  'proxy-auth',
  'proxy-refused',
  'tls-timeout',
  'tls-expired',
  'tls-not-yet-valid',
  'tls-wrong-host',
  'tls-self-signed',
  'tls-unknown-issuer',
  'tls-certificate',
  'tls-protocol',
  'first-byte-timeout',
  'idle-timeout',
  'min-rate',
  'max-time',
  'reset',
  'not-processed',
  'tls-incomplete-chain',
  'disconnect',
  'http-malformed',
  'http-header-size',
  'decode',
  'redirect-loop',
  'redirect-limit',
  'machine',
  'aborted',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Why a URL was never requested. */
export const SKIP_REASONS = [
  'scope',
  'robots',
  'depth',
  'trap',
  'address',
  'port',
  'scheme',
  'nofollow',
  'url-length',
  'budget',
  'excluded',
  'logout',
  'removed',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What ends a run while there is more to ask. */
export const STOPPED_BY = ['interrupt', 'limit', 'time', 'size', 'held', 'disk', 'database', 'archive'] as const;

/** The base class of everything that gossamer throws. `code` is stable; `message` says what to do. */
export class GossamerError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The caller asked for something impossible; the message names the option and the value. */
export class UsageError extends GossamerError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('usage', message, options);
  }
}

/** What is wrong with a job, or with the place for one. */
export type JobTrouble = 'locked' | 'unreadable' | 'newer' | 'older' | 'other-job' | 'missing' | 'moved' | 'exists';

/** The job's folder cannot be used as it is; it was not changed. */
export class JobError extends GossamerError {
  constructor(code: JobTrouble, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}

/** What of the machine failed. */
type MachinePart = 'disk' | 'database' | 'archive' | 'descriptors' | 'memory';

/** The machine failed (disk full, database gone). Everything settled is safe; run again to go on. */
export class MachineError extends GossamerError {
  constructor(code: MachinePart, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}
