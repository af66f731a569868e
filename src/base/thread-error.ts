// Carries an error from one thread to another. A message between threads would lose the class of an error, and the
// system's name and number of a failed call.

import { MachineError } from './errors.ts';

/** A system call that failed has a code, a number and the name of the call. */
export interface SentError {
  readonly message: string;
  readonly code: string | undefined;
  readonly errno: number | undefined;
  readonly syscall: string | undefined;
  /** It was a MachineError. */
  readonly isMachine: boolean;
}

export function sentError(error: unknown): SentError {
  const { message, code, errno, syscall } = error as NodeJS.ErrnoException;
  return { message, code, errno, syscall, isMachine: error instanceof MachineError };
}

export function receivedError({ message, code, errno, syscall, isMachine }: SentError): Error {
  if (isMachine) return new MachineError(code as ConstructorParameters<typeof MachineError>[0], message);
  return Object.assign(new Error(message), { code, errno, syscall });
}
