// The lengths of files and functions. Biome's parser measures functions: a scan for braces of our own would be wrong
// about regular expressions, templates and types.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from './source.ts';

export const FILE_LINES_MAX = 300;
export const FUNCTION_LINES_MAX = 70;
/** The length limits of files with a limit of their own; a generated table has no limit. */
const FILE_LINES_MAX_OF: Readonly<Record<string, number>> = {
  'src/crawl/crawl.ts': 149,
  'src/parse/html/named-references.ts': Number.POSITIVE_INFINITY,
};

const CONFIGURATION = {
  root: true,
  formatter: { enabled: false },
  linter: {
    enabled: true,
    rules: {
      preset: 'none',
      complexity: { noExcessiveLinesPerFunction: { level: 'warn', options: { maxLines: 1 } } },
    },
  },
};

interface Span {
  readonly path: string;
  readonly first: number;
  readonly last: number;
}

interface Report {
  readonly diagnostics: readonly {
    readonly location: {
      readonly path: string;
      readonly start: { readonly line: number };
      readonly end: { readonly line: number };
    };
  }[];
}

export function longFiles(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    const most = FILE_LINES_MAX_OF[path] ?? FILE_LINES_MAX;
    return lines > most ? [`${path}: ${lines} lines, and ${most} is the most`] : [];
  });
}

/**
 * Functions of more than 70 lines. The lines of an inner function count for the inner one alone: closures that share a
 * state are read one by one.
 */
export function longFunctions(folders: readonly string[], root: string): string[] {
  const spans = spansOf(folders, root);
  return spans.flatMap((span) => {
    const inner = spans.filter((other) => isDirectlyInside(other, span, spans));
    const own = inner.reduce((lines, each) => lines - lengthOf(each) + 1, lengthOf(span));
    return own > FUNCTION_LINES_MAX
      ? [`${span.path}:${span.first}: a function of ${own} lines, and ${FUNCTION_LINES_MAX} is the most`]
      : [];
  });
}

/** Every function of more than a line or two. Getters and setters are left out. */
function spansOf(folders: readonly string[], root: string): Span[] {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-tidy-'));
  writeFileSync(join(home, 'biome.json'), JSON.stringify(CONFIGURATION));
  const biome = join(import.meta.dirname, '../../../node_modules/@biomejs/biome/bin/biome');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [biome, 'lint', `--config-path=${home}`, '--max-diagnostics=none', '--reporter=json', ...folders],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  rmSync(home, { recursive: true });
  if (status !== 0) throw new Error(`biome ended with ${status}: ${stderr}`);
  return (JSON.parse(stdout) as Report).diagnostics.map(({ location }) => ({
    path: location.path,
    first: location.start.line,
    last: location.end.line,
  }));
}

function lengthOf({ first, last }: Span): number {
  return last - first + 1;
}

function isInside(inner: Span, outer: Span): boolean {
  return inner !== outer && inner.path === outer.path && inner.first >= outer.first && inner.last <= outer.last;
}

function isDirectlyInside(inner: Span, outer: Span, spans: readonly Span[]): boolean {
  return isInside(inner, outer) && !spans.some((middle) => isInside(inner, middle) && isInside(middle, outer));
}
