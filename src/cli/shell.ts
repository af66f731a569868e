// What a command has around it: its streams, its environment, its clock, and how talkative it should be.

import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { plain, plainJson } from './plain.ts';

/** A stream that may be a terminal. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Shell {
  readonly in: Readable;
  /** For results: what a script reads. */
  readonly out: Screen;
  /** For people: progress, messages, complaints. */
  readonly err: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** What every command takes. */
export interface Manner {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Writes one line for people; whatever the text holds, it stays a line. */
export function tell(stream: Writable, line: string): void {
  stream.write(`${plain(line)}\n`);
}

/** Writes a result; resolves once it is out, so that a reader that left and a disk that is full are told. */
export function print({ out }: Shell, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    // A stream that has failed before says only that it is destroyed: what destroyed it is the reason.
    out.write(text, (error) => (error ? reject(out.errored ?? error) : resolve()));
  });
}

/** One JSON document. */
export function printJson(shell: Shell, value: unknown): Promise<void> {
  return print(shell, `${JSON.stringify(value, null, 2).split('\n').map(plainJson).join('\n')}\n`);
}

/** Lines of a result, each made harmless. */
export function printLines(shell: Shell, lines: readonly string[]): Promise<void> {
  return print(shell, lines.map((line) => `${plain(line)}\n`).join(''));
}

/** Whether cursor movement and colours make sense there. */
export function isTerminal(screen: Screen, environment: Shell['environment']): boolean {
  return screen.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Colours are wanted unless NO_COLOR is set to anything (https://no-color.org). */
export function wantsColour(screen: Screen, environment: Shell['environment']): boolean {
  return isTerminal(screen, environment) && (environment['NO_COLOR'] ?? '') === '';
}

/** A word that a shell reads as one. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
