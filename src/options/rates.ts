// A rate as people write it: `1MB`, or with a host before it for that host alone: `example.com=100KB`.

import { type HostPattern, hostPatternOf } from '../url/host-pattern.ts';
import { readText } from './values.ts';

export interface Rate {
  /** Null for all hosts together. */
  readonly host: HostPattern | null;
  readonly bytesPerSecond: number;
}

/** Null if the text is no rate. */
export function rateOf(text: string): Rate | null {
  const equals = text.lastIndexOf('=');
  const host = equals < 0 ? null : hostPatternOf(text.slice(0, equals));
  const bytesPerSecond = readText({ is: 'bytes', min: 1 }, text.slice(equals + 1).replace(/\/s(?:ec)?$/i, ''));
  if (typeof bytesPerSecond !== 'number' || (equals >= 0 && host === null)) return null;
  return { host, bytesPerSecond };
}
