// Where the files of threads are.

/**
 * The file that a thread runs. `path` is its path in src/ without an ending. A build puts this code directly into
 * dist/, and the files of threads under their paths.
 */
export function threadFile(path: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `../${path}.ts` : `./${path}.js`, import.meta.url);
}
