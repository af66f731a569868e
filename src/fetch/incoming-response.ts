// What has come of a response so far, whatever the protocol.

import type { Outcome, Spooled } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';

export interface IncomingResponse {
  /** 0 until the head of the final response is complete. */
  readonly status: number;
  readonly headers: readonly string[];
  /** The text of the final response's head; empty until it is complete. */
  readonly responseHead: string;
  readonly error: ErrorCode | null;
  readonly detail: string;
  /** What was first found that is not as the standard has it, in words; empty if nothing was. */
  readonly oddity: string;
  readonly truncated: Outcome['truncated'];
  readonly hasBody: boolean;
  /** The bytes of the body so far, if they are in memory. */
  readonly body: Uint8Array;
  /** How much memory the body takes. */
  readonly heldBytes: number;
  /** The digest of the body, if it was computed while the body came. Call it once, at the end. */
  sha256(): Uint8Array | undefined;
  /** The file of the body, if it is not in memory. Call it once, at the end. */
  spooled(): Spooled | null;
  /** Ends the response here and keeps what came of the body. */
  cut(truncated: Outcome['truncated'], error: ErrorCode | null, detail: string): void;
}
