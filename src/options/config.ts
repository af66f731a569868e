// The options of a job in a file: gossamer.config.ts, .js or .json, in the folder in which one types, or whatever --config names. It says
// what the command line would, in the library's names; the same table checks it.

import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UsageError } from '../base/errors.ts';
import type { CrawlChoices, RootInput } from './crawl-options.ts';
import { resolveOptions } from './options.ts';

/** What the file exports by default: roots, if they stand there, and any option in camelCase, with units last (`timeoutMs`). */
export interface Config extends CrawlChoices {
  /** Where to begin where the command line names no root. */
  readonly roots?: RootInput | readonly RootInput[];
}

/** Types a configuration; gives back what it is given. */
export function defineConfig(config: Config): Config {
  return config;
}

export interface ConfigFile {
  /** Absolute. */
  readonly file: string;
  readonly config: Config;
}

const NAMES = ['gossamer.config.ts', 'gossamer.config.js', 'gossamer.config.json'];
/** Stands for the roots that the command line will give. */
const SOME_ROOT = 'http://localhost/';

/**
 * The file that is named, or the one in `folder`; null where there is none. `onFile` is told before the file is: it may be a program. Throws
 * UsageError that names the file where it does not hold.
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
    throw new UsageError(`${file}: its default export is ${kindOf(config)}, and should be an object of options.`);
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

async function load(file: string): Promise<unknown> {
  // Asked here: what the loader says of a file that is not there speaks of ours.
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined) throw new UsageError(`${file} is not there.`);
  if (there.isDirectory()) throw new UsageError(`${file} is a folder, and should be a file of options.`);
  let exported: { readonly default?: unknown };
  try {
    const isJson = extname(file) === '.json';
    exported = isJson ? { default: JSON.parse(await jsonIn(file)) } : await import(pathToFileURL(file).href);
    if ('default' in exported) return await exported.default;
  } catch (cause) {
    throw new UsageError(`${file} cannot be used: ${messageOf(cause)}${placeOf(cause, file)}.`, { cause });
  }
  throw new UsageError(`${file} has no default export: let it say export default { ... }.`);
}

async function jsonIn(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'function' ? 'a function' : String(JSON.stringify(value));
}

function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const line = message.split('\n').find((each) => /\w/.test(each)) ?? 'it fails without a word';
  return line.trim().replace(/\.$/, '');
}

/** A place as a stack names it: on the line before the code that is no such, or in the function that failed. */
const PLACE = /(?:^|^\s+at |\()((?:file:\/\/)?\/[^()\n]*?):(\d+)(?::\d+)?\)?$/m;

/** Where the file failed, or one that it imports; empty where nobody knows. */
function placeOf(cause: unknown, file: string): string {
  if (!(cause instanceof Error)) return '';
  // What stands from the first word of ours on is who called it.
  const [theirs = ''] = (cause.stack ?? '').split(import.meta.url);
  const place = PLACE.exec(theirs) ?? (cause instanceof SyntaxError ? PLACE.exec(checkOf(file)) : null);
  if (place === null) return '';
  const [, named = '', line] = place;
  const path = named.startsWith('file:') ? fileURLToPath(named) : named;
  return path === file ? ` (line ${line})` : ` (${path}, line ${line})`;
}

/** Where JavaScript stops being such the loader tells no program, and node tells people. */
function checkOf(file: string): string {
  return extname(file) === '.json' ? '' : spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' }).stderr;
}
