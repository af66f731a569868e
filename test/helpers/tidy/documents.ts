// Checks that everything the documents name in backticks exists: paths in all documents, exported names in
// docs/architecture.md.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './source.ts';

const PATH = /^(src|test|bench|bin|docs|examples|\.ci)\/[\w./-]*$/;
/** A name of the code: a word with a capital letter. `queued` and `leased` are ordinary words. */
const NAME = /^(?=\w*[A-Z])[A-Za-z_]\w*$/;

/** Paths that a document names and that do not exist. Files that the benches make exist only after a bench. */
export function missingPaths(documents: readonly Source[], root: string): string[] {
  return documents.flatMap(({ path, text }) =>
    quoted(text)
      .filter((word) => PATH.test(word) && !word.startsWith('bench/work') && !existsSync(join(root, word)))
      .map((word) => `${path} names ${word}, which is not there`),
  );
}

/**
 * Names that a document gives as exported but that no source exports, or not the source that it names: `name` in
 * `path`.
 */
export function missingExports(document: Source, sources: readonly Source[]): string[] {
  const exported = new Map(sources.map(({ path, text }) => [path, exportsOf(text)]));
  const anywhere = new Set([...exported.values()].flatMap((names) => [...names]));
  const unknown = quoted(document.text)
    .filter((word) => NAME.test(word) && !anywhere.has(word))
    .map((word) => `${document.path} names ${word}, which nothing exports`);
  const placed = [...document.text.matchAll(/`(\w+)`\s+in\s+`(src\/[\w./-]+\.ts)`/g)]
    .filter(([, name, path]) => !exported.get(path!)?.has(name!))
    .map(([, name, path]) => `${document.path} says ${name} in ${path}, which does not export it`);
  return [...unknown, ...placed];
}

function quoted(text: string): string[] {
  // Code blocks hold examples and drawings, not names of ours.
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word!);
}

function exportsOf(text: string): Set<string> {
  const declared = text.matchAll(
    /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|class|interface|type|function\*?) (\w+)/gm,
  );
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names]) => names!.split(','));
  return new Set([
    ...[...declared].map(([, name]) => name!),
    ...listed
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .replace(/^.* as /, ''),
      )
      .filter(Boolean),
  ]);
}
