// Settings of single hosts: `hosts: { 'example.com': { delayMs: 500 }, '*.example.org': { rateLimit: '100KB' } }`. Of
// several names that match a host the most exact one wins, setting by setting.

import { UsageError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { secretNames } from '../base/secrets.ts';
import { createHostTable, type HostParts, hostPatternOf } from '../url/host-pattern.ts';
import { proxiesKind } from './network-kinds.ts';
import { shown } from './shown.ts';
import { expectationOf, isValid, type Kind, readText, valueExpectationOf } from './values.ts';

/** What differs for a host from the options of the job. */
export interface HostSettings {
  /** Milliseconds between the starts of two requests, or a text like `2s`. */
  readonly delayMs?: number | string | undefined;
  /** The most requests in flight at a time. */
  readonly concurrency?: number | undefined;
  /** Header fields to send, as a list of name, value, name, value, or as an object. */
  readonly headers?: readonly string[] | Readonly<Record<string, string>> | undefined;
  /** Proxies to go through, one or several; null for no proxy. */
  readonly proxy?: string | readonly string[] | null | undefined;
  /** A user and a password, as `USER:PASS`. */
  readonly auth?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The most bytes per second to read, or a text like `100KB`. */
  readonly rateLimit?: number | string | undefined;
}

/** The same with numbers and lists in place of what people write. */
export interface HostRules {
  readonly delayMs?: number;
  readonly concurrency?: number;
  readonly headers?: readonly string[];
  readonly proxy?: readonly string[];
  readonly auth?: string;
  readonly userAgent?: string;
  readonly rateLimit?: number;
}

export type HostTable = Readonly<Record<string, HostRules>>;

export const hostsKind: Kind = {
  is: 'json',
  expected: 'an object of hosts, written like {"example.com": {"delayMs": 500}}',
};

const DAY_MS = 24 * 3_600_000;
const KINDS: Readonly<Record<keyof HostRules, Kind>> = {
  delayMs: { is: 'duration', minMs: 0, maxMs: DAY_MS, bareUnit: 'ms' },
  concurrency: { is: 'number', min: 1, max: 20_000 },
  headers: { is: 'headers' },
  proxy: proxiesKind,
  auth: {
    is: 'text',
    pattern: /^(?![a-z][a-z0-9+.-]*:\/\/)[^:\p{Cc}]+:\P{Cc}*$/iu,
    expected: 'written like USER:PASS',
  },
  userAgent: { is: 'text', pattern: /^[\t\x20-\x7e\xa0-\xff]+$/, expected: 'one line of Latin-1 text' },
  rateLimit: { is: 'bytes', min: 1 },
};

/**
 * Checks what the user gives and reads it.
 * @throws UsageError that names the option, the host and the setting. It shows no value: it may be a password.
 */
export function readHosts(option: string, given: unknown): HostTable {
  if (!isRecord(given)) {
    throw new UsageError(`${option}: ${shown(given)} is not ${valueExpectationOf(hostsKind, given)}.`);
  }
  const read = Object.entries(given).map(([host, settings]) => [host, rulesOf(`${option}: ${host}`, host, settings)]);
  return Object.fromEntries(read) as HostTable;
}

/** Finds the rules of each host; null where all of a host is as usual. */
export function createHostRules(hosts: HostTable | null): (parts: HostParts) => HostRules | null {
  if (hosts === null) return () => null;
  const table = createHostTable(Object.entries(hosts));
  return (parts) => {
    const fit = table(parts);
    return fit.length === 0 ? null : Object.assign({}, ...fit);
  };
}

function rulesOf(where: string, host: string, settings: unknown): HostRules {
  const pattern = hostPatternOf(host);
  if (pattern === null) {
    throw new UsageError(`${where} is not the name of a host, like example.com, example.com:8080 or *.example.com.`);
  }
  if (!isRecord(settings)) throw new UsageError(`${where}: its settings are not an object, like {"delayMs": 500}.`);
  const rules: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined) rules[name] = settingOf(where, name, value);
  }
  const secrets = secretNames([]);
  const headers = (rules['headers'] ?? []) as readonly string[];
  const isSecret = (name: string, at: number): boolean => at % 2 === 0 && secrets.has(name.toLowerCase());
  if (pattern.isWild && (rules['auth'] !== undefined || headers.some(isSecret))) {
    throw new UsageError(`${where}: a password goes to one host: name that host.`);
  }
  return rules;
}

function settingOf(where: string, name: string, given: unknown): unknown {
  const kind = (KINDS as Readonly<Record<string, Kind | undefined>>)[name];
  const names = Object.keys(KINDS);
  if (kind === undefined || !names.includes(name)) {
    const begun = names.find((each) => each.toLowerCase().startsWith(name.toLowerCase()));
    const meant = nearest(name, names) ?? begun ?? null;
    const remark = meant === null ? `there are ${names.join(', ')}` : `did you mean ${meant}?`;
    throw new UsageError(`${where}: ${name} is not a setting of a host: ${remark}${meant === null ? '.' : ''}`);
  }
  const isWritten = typeof given === 'string' && (kind.is === 'duration' || kind.is === 'bytes');
  const value = isWritten ? readText(kind, given) : asList(kind, given);
  if (value !== undefined && isValid(kind, value)) return value;
  const expected = isWritten ? expectationOf(kind, given) : valueExpectationOf(kind, value);
  throw new UsageError(`${where}: ${name} is not ${expected}.`);
}

function asList(kind: Kind, given: unknown): unknown {
  if (kind.is === 'headers') return isRecord(given) ? Object.entries(given).flat() : given;
  if (kind.is !== 'texts') return given;
  return given === null || given === '' ? [] : typeof given === 'string' ? [given] : given;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
