// The options of a job in a file: gossamer.config.ts, .js or .json, in the folder in which one types, or whatever --config names. It says
// what the command line would, in the library's names; the same table checks it.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from './base/errors.ts';
import { type CrawlInput, resolveOptions } from './options.ts';

/** What the file exports by default: roots, if they stand there, and any option in camelCase, with units last (`timeoutMs`). */
export type Config = Omit<CrawlInput, 'roots'> & { readonly roots?: string | readonly string[] };

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

/** The file that is named, or the one in `folder`; null where there is none. Throws UsageError where it does not hold. */
export async function readConfig(named: string | undefined, folder: string): Promise<ConfigFile | null> {
  const file = named === undefined ? fileIn(folder) : resolve(folder, named);
  if (file === null) return null;
  const config = await load(file);
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new UsageError(`${file}: its default export is no object of options.`);
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
  try {
    if (extname(file) === '.json') return JSON.parse(await readFile(file, 'utf8'));
    const { default: config } = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    return await config;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new UsageError(`${file} cannot be read: ${why}`, { cause });
  }
}
