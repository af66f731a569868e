// What the tidy test reads: the files of the repository, and their text without comments.

import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

export interface Source {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Files that match the patterns, ordered by path. Built, installed and measured files are left out. */
export function sourcesOf(patterns: readonly string[], root = REPOSITORY): Source[] {
  const paths = globSync([...patterns], { cwd: root, exclude: ['**/node_modules', 'dist', 'crawls', 'bench/work'] });
  return paths
    .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(root, path), 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The text with each comment blanked and each line in its place. Strings are skipped, so a `//` in a URL does not
 * count.
 */
export function withoutComments(text: string): string {
  const parts = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(parts, (part) => (part.startsWith('/') ? part.replace(/[^\n]/g, ' ') : part));
}

/** `path:line: message` for each match of the pattern. */
export function findings(path: string, text: string, pattern: RegExp, message: string): string[] {
  return [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => {
    const line = text.slice(0, match.index).split('\n').length;
    return `${path}:${line}: ${match[0].trim()}: ${message}`;
  });
}
