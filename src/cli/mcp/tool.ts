// What a tool of the MCP server is, and what it may say.

import type { Schema, TypeOf } from '../../serve/api/schema.ts';

/** `input` and `output` describe objects. */
export interface Tool<I extends Schema<unknown> = Schema<unknown>, O extends Schema<unknown> = Schema<unknown>> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: I;
  readonly output: O;
  /** It changes nothing. */
  readonly isReading: boolean;
  /** Throws ToolError, GossamerError, and what a broken program throws. */
  run(input: TypeOf<I>, call: Call): Promise<TypeOf<O>>;
  /** The result as text; without it, the text is the result as JSON. */
  readonly textOf?: (result: TypeOf<O>) => string;
}

/** One call of a tool. */
export interface Call {
  /** The client has cancelled the call or has left, or the user has pressed Ctrl-C. */
  readonly signal: AbortSignal;
  /** Tells the client how far it is, if it wants to know. */
  progress(done: number, total: number, message: string): void;
}

/** A tool among others: whoever calls it has checked its input. */
export function defineTool<I extends Schema<unknown>, O extends Schema<unknown>>(tool: Tool<I, O>): Tool {
  return tool as unknown as Tool;
}

/** A call that cannot be answered: `code` is for programs, and `message` says what to do. */
export class ToolError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
