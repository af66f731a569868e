// What has come of a response, whatever protocol brings it.

import type { Outcome, Spooled } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';

export interface IncomingResponse {
  /** 0 until the final response's head is complete. */
  readonly status: number;
  readonly headers: readonly string[];
  /** Text of the final response's head; empty until it is complete. */
  readonly responseHead: string;
  readonly error: ErrorCode | null;
  readonly detail: string;
  readonly truncated: Outcome['truncated'];
  readonly hasBody: boolean;
  /** The bytes of the body so far, where they are in memory. */
  readonly body: Uint8Array;
  /** What the body takes of memory. */
  readonly heldBytes: number;
  /** The digest of the body, where it was made while the body came; asked once, at the end. */
  sha256(): Uint8Array | undefined;
  /** The body, where it is not in memory; asked once, at the end. */
  spooled(): Spooled | null;
  /** Ends it here; what came of the body is kept. */
  cut(truncated: Outcome['truncated'], error: ErrorCode | null, detail: string): void;
}
