// The options of a job in a file: gossamer.config.ts, .js or .json in the current folder, or the file that --config
// names. The file has the same options as the command line, under the names of the library, and the same table checks
// it.

import { existsSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { UsageError } from '../base/errors.ts';
import { NAMED_FILE_BYTES_MAX } from '../base/limits-of-lines.ts';
import { onDemand } from '../base/on-demand.ts';
import type { CrawlChoices, RootInput } from './crawl-options.ts';
import { wholeText } from './named-file.ts';
import { resolveOptions } from './options.ts';

const processes = onDemand<typeof import('node:child_process')>('node:child_process');

/**
 * The default export of the options file: the roots, if it names any, and any option in camelCase, with its unit last
 * (`timeoutMs`).
 */
export interface Config extends CrawlChoices {
  /** The roots to use if the command line names none. */
  readonly roots?: RootInput | readonly RootInput[];
}

/** Gives a configuration its type; returns it unchanged. */
export function defineConfig(config: Config): Config {
  return config;
}

export interface ConfigFile {
  /** An absolute path. */
  readonly file: string;
  readonly config: Config;
}

const NAMES = ['gossamer.config.ts', 'gossamer.config.js', 'gossamer.config.json'];
/** Stands for the roots that the command line will name. */
const SOME_ROOT = 'http://localhost/';

/**
 * Reads the named file, or the one in `folder`; null if there is none. `onFile` is called before the file runs, because
 * it may be a program. Throws a UsageError that names the file if the file is not valid.
 */
export async function readConfig(
  named: string | undefined,
  folder: string,
  onFile: (file: string) => void = () => {},
): Promise<ConfigFile | null> {
  const file = named === undefined ? fileIn(folder) : resolve(folder, named);
  if (file === null) return null;
  onFile(file);
  const config = await load(file);
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new UsageError(`${file}: its default export is ${kindOf(config)}, and should be an object with options.`);
  }
  const given = config as Config;
  try {
    resolveOptions({ ...given, roots: given.roots ?? SOME_ROOT });
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
  return { file, config: given };
}

function fileIn(folder: string): string | null {
  const found = NAMES.filter((name) => existsSync(join(folder, name)));
  if (found.length > 1) {
    throw new UsageError(`There are ${found.join(' and ')}: leave one, or name one with --config.`);
  }
  return found.length === 0 ? null : resolve(folder, found[0]!);
}

async function load(file: string): Promise<Config> {
  // Checked here, because the loader's error for a missing file would point at our own code.
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined) throw new UsageError(`${file} is not there.`);
  if (there.isDirectory()) throw new UsageError(`${file} is a folder, not an options file.`);
  // A pipe without a writer would hold us for ever.
  if (!there.isFile()) throw new UsageError(`${file} is not a regular file.`);
  let exported: { readonly default?: unknown };
  try {
    const isJson = extname(file) === '.json';
    exported = isJson
      ? { default: JSON.parse(wholeText(file, NAMED_FILE_BYTES_MAX)) }
      : await settled(file, import(pathToFileURL(file).href));
    // Copied, because a getter of the file may fail too.
    if ('default' in exported) return { ...asOptions(file, await settled(file, exported.default)) };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${file} cannot be used: ${messageOf(cause)}${placeOf(cause, file)}.`, { cause });
  }
  throw new UsageError(`${file} has no default export: write export default { ... }.`);
}

/** Throws if nothing is left that could settle the promise: the process would end, and nobody would know why. */
async function settled<T>(file: string, value: T): Promise<Awaited<T>> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const onIdle = (): void =>
    reject(new UsageError(`${file} cannot be used: it waits for a promise that never settles.`));
  process.once('beforeExit', onIdle);
  try {
    return await Promise.race([value, end]);
  } finally {
    process.off('beforeExit', onIdle);
  }
}

function asOptions(file: string, config: unknown): Config {
  if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config;
  throw new UsageError(`${file}: its default export is ${kindOf(config)}, and should be an object with options.`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'function' ? 'a function' : String(JSON.stringify(value));
}

/** What was thrown may be anything, also an object whose message fails. */
function messageOf(cause: unknown): string {
  const message = textOf(cause);
  const line = message.split('\n').find((each) => /\w/.test(each)) ?? 'it fails without a message';
  return line.trim().replace(/\.$/, '');
}

function textOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  try {
    const message: unknown = (cause as { message?: unknown } | null)?.message;
    if (typeof message === 'string' && message !== '') return message;
  } catch {
    // It has no message that can be read.
  }
  return `it threw ${inspect(cause, { depth: 1, compact: true, breakLength: Number.POSITIVE_INFINITY, customInspect: false })}`;
}

/** A place as a stack trace names it: on the line before code that does not parse, or in the function that failed. */
const PLACE = /(?:^|^\s+at |\()((?:file:\/\/)?\/[^()\n]*?):(\d+)(?::\d+)?\)?$/m;

/** Where the file failed, or a file that it imports; empty if that is not known. */
function placeOf(cause: unknown, file: string): string {
  if (!(cause instanceof Error)) return '';
  // The part of the stack from our own first line on is the caller.
  const [theirs = ''] = (cause.stack ?? '').split(ownName());
  const place = PLACE.exec(theirs) ?? (cause instanceof SyntaxError ? PLACE.exec(checkOf(file)) : null);
  if (place === null) return '';
  const [, named = '', line] = place;
  const path = named.startsWith('file:') ? fileURLToPath(named) : named;
  return path === file ? ` (line ${line})` : ` (${path}, line ${line})`;
}

/** This file as a stack trace names it: by its source, if traces are mapped to the source. */
function ownName(): string {
  return /\((.+?):\d+:\d+\)/.exec(new Error().stack ?? '')?.[1] ?? import.meta.url;
}

/** Reports a syntax error: the loader tells a program nothing about it, but node prints it. */
function checkOf(file: string): string {
  if (extname(file) === '.json') return '';
  return processes().spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' }).stderr;
}
