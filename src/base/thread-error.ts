// Carries an error from one thread to another. A message between threads would lose the class of an error, and the
// system's name and number of a failed call.

import { JobError, MachineError, UsageError } from './errors.ts';
import { ArchiveAway, DatabaseAway } from './machine.ts';

/** The errors that are told apart by their class. */
const CLASSES = { UsageError, JobError, MachineError, ArchiveAway, DatabaseAway } as const;
const NAMES = Object.keys(CLASSES) as (keyof typeof CLASSES)[];

/** A call of the system that failed has a code, a number and a name, and one of SQLite a number of its own. */
export interface SentError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly errno: number | undefined;
  readonly syscall: string | undefined;
  readonly errcode: number | undefined;
  /** Undefined for a class that nothing depends on. */
  readonly kind: keyof typeof CLASSES | undefined;
  /** What caused it: another error, or words. */
  readonly cause: SentError | string | undefined;
}

/** So many causes behind one another are sent: an error may be its own. */
const CAUSES_MAX = 5;

export function sentError(error: unknown, causesMost = CAUSES_MAX): SentError {
  const { message, stack, code, errno, syscall, errcode, cause } = error as NodeJS.ErrnoException & {
    errcode?: number;
  };
  const kind = NAMES.find((each) => error instanceof CLASSES[each]);
  return { message, stack, code, errno, syscall, errcode, kind, cause: sentCause(cause, causesMost) };
}

function sentCause(cause: unknown, causesMost: number): SentError | string | undefined {
  if (typeof cause === 'string') return cause;
  return cause instanceof Error && causesMost > 0 ? sentError(cause, causesMost - 1) : undefined;
}

export function receivedError({ kind, message, errcode, cause, ...told }: SentError): Error {
  const because = cause === undefined ? {} : { cause: typeof cause === 'string' ? cause : receivedError(cause) };
  const error = Object.assign(new Error(message, because), told, errcode === undefined ? {} : { errcode });
  return kind === undefined
    ? error
    : Object.assign(Object.setPrototypeOf(error, CLASSES[kind].prototype), { name: kind });
}

/** What a worker thread failed of, which may be that it could not be started, or that there was no memory for it. */
export function failureOfThread(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const allow = 'allow more megabytes (NODE_OPTIONS=--max-old-space-size=8192) and run again';
    return new MachineError('memory', `there was not enough memory for a thread; ${allow}`, { cause: error });
  }
  if (code !== 'ERR_WORKER_INIT_FAILED') return error;
  const why = error.message.includes('EMFILE') ? 'this process may have too few files open' : error.message;
  const message = `a thread could not be started: ${why}; allow it more (ulimit -n 4096) and run again`;
  return new MachineError('descriptors', message, { cause: error });
}
