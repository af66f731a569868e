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
}

export function sentError(error: unknown): SentError {
  const { message, stack, code, errno, syscall, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
  const kind = NAMES.find((each) => error instanceof CLASSES[each]);
  return { message, stack, code, errno, syscall, errcode, kind };
}

export function receivedError({ kind, message, errcode, ...told }: SentError): Error {
  const error = Object.assign(new Error(message), told, errcode === undefined ? {} : { errcode });
  return kind === undefined
    ? error
    : Object.assign(Object.setPrototypeOf(error, CLASSES[kind].prototype), { name: kind });
}

/** What a worker thread failed of, which may be that it could not be started. */
export function failureOfThread(error: Error): Error {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_INIT_FAILED') return error;
  const why = error.message.includes('EMFILE') ? 'this process may have too few files open' : error.message;
  const message = `a thread could not be started: ${why}; allow it more (ulimit -n 4096) and run again`;
  return new MachineError('descriptors', message, { cause: error });
}
