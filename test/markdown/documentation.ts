// Documentation that Debian packs, and what of its pages is content. Three generators, and pages of all kinds:
// references, books, indexes, sources.

import { existsSync, globSync } from 'node:fs';

export interface Documentation {
  readonly name: string;
  readonly folder: string;
  /** Classes of what is there for navigation only, and of the numbers of lines. */
  readonly chrome: readonly string[];
}

export const DOCUMENTATION: readonly Documentation[] = [
  {
    name: 'postgresql',
    folder: '/usr/share/doc/postgresql-doc-15/html',
    // Made by DocBook, which is older than `nav`.
    chrome: ['navheader', 'navfooter'],
  },
  { name: 'openjdk', folder: '/usr/share/doc/openjdk-17-jre-headless/api', chrome: [] },
  { name: 'rust', folder: '/usr/share/doc/rust-doc/html', chrome: ['line-numbers'] },
];

/** Every page of it, or each of so many; empty where it is not installed. */
export function pagesOf({ folder }: Documentation, every = 1): string[] {
  if (!existsSync(folder)) return [];
  return globSync(`${folder}/**/*.html`)
    .sort()
    .filter((_, at) => at % every === 0);
}
