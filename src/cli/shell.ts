// The surroundings of a command: its streams, its environment, its clock, and how much it should print.

import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { plain, plainJson } from './plain.ts';

/** A stream that may be a terminal. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Shell {
  readonly in: Readable;
  /** For results, which scripts read. */
  readonly out: Screen;
  /** For people: progress, messages, complaints. */
  readonly err: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** The options of every command. */
export interface Manner {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** The options of a command that reads or changes a job. */
export interface JobManner extends Manner {
  /** Where the job is, as typed. */
  readonly store?: string;
}

/** Writes one line for people; whatever the text contains, it stays one line. */
export function tell(stream: Writable, line: string): void {
  stream.write(`${plain(line)}\n`);
}

/** Writes a result. It resolves once it is written, so a reader that left or a full disk is reported. */
export function print({ out }: Shell, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    // A stream that failed before says only that it is destroyed; the error that destroyed it is the reason.
    out.write(text, (error) => (error ? reject(out.errored ?? error) : resolve()));
  });
}

/** Prints one JSON document. */
export function printJson(shell: Shell, value: unknown): Promise<void> {
  return print(shell, jsonText(value));
}

/** A JSON document that a terminal can show. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).split('\n').map(plainJson).join('\n')}\n`;
}

/** Prints the lines of a result, each made harmless. */
export function printLines(shell: Shell, lines: readonly string[]): Promise<void> {
  return print(shell, lines.map((line) => `${plain(line)}\n`).join(''));
}

/** Whether cursor movement and colours make sense on this screen. */
export function isTerminal(screen: Screen, environment: Shell['environment']): boolean {
  return screen.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Colours are used unless NO_COLOR is set to anything (https://no-color.org). */
export function wantsColour(screen: Screen, environment: Shell['environment']): boolean {
  return isTerminal(screen, environment) && (environment['NO_COLOR'] ?? '') === '';
}

/** Quotes a word so that a shell reads it as one. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
