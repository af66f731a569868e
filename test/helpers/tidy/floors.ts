// The floors of the house: what each part of src/ may import, and that no imports go round in a circle.

import { dirname, join } from 'node:path/posix';
import { type Source, withoutComments } from './source.ts';

interface Rule {
  /** Parts whose code may be imported: folders of src/, `.` for the files beside the heart, or `any`. */
  readonly may: readonly string[];
  /** Parts of which only types may be imported. */
  readonly mayTypes?: readonly string[];
  /** Built-in modules and packages. */
  readonly modules: readonly string[];
  /** Modules that are refused where `any` module is taken. */
  readonly never?: readonly string[];
}

const STREAMS = ['node:stream', 'node:stream/promises'];
const DRIVERS = ['node:sqlite', 'pg'];
const PARTS = ['fetch', 'parse', 'store', 'archive', 'robots', 'politeness'];
const FRONT: Rule = { may: ['.', 'base', 'url', 'views', 'store'], modules: ['any'], never: DRIVERS };
const HEART: Rule = { may: ['.', 'base', 'url', 'politeness', 'robots'], mayTypes: PARTS, modules: ['node:crypto'] };
const BUILDER: Rule = { may: ['any'], modules: ['node:fs', 'node:fs/promises', 'node:os', 'node:path', 'node:v8'] };

/** By folder of src/, or by file where one beside the heart has a rule of its own; `.` is the rule of the others. */
const RULES: Readonly<Record<string, Rule>> = {
  base: { may: [], modules: ['node:os'] },
  // The one of them that touches the disk.
  'base/remove.ts': { may: ['base'], modules: ['node:fs', 'node:path'] },
  url: { may: ['base'], modules: ['tldts', 're2js'] },
  politeness: { may: ['base'], modules: [] },
  robots: { may: ['base', 'url'], modules: [] },
  fetch: {
    may: ['base', 'url'],
    modules: [
      ...[
        'node:net',
        'node:tls',
        'node:dns',
        'node:dns/promises',
        'node:zlib',
        'node:events',
        'node:util',
        'ipaddr.js',
      ],
      // The hosts file.
      ...['node:fs', 'node:fs/promises', ...STREAMS],
    ],
  },
  // zlib, because a sitemap's file may be packed itself, whatever its transfer was.
  parse: { may: ['base', 'url'], modules: ['node:buffer', 'node:zlib', 'html-encoding-sniffer', '@exodus/bytes'] },
  store: {
    may: ['base', 'url'],
    modules: ['node:sqlite', 'node:fs', 'node:fs/promises', 'node:path', 'node:crypto', 'node:url', 'node:util', 'pg'],
  },
  archive: {
    may: ['base', 'url'],
    modules: [...['node:fs', 'node:fs/promises', 'node:path', 'node:crypto', 'node:zlib', 'node:util'], ...STREAMS],
  },
  views: {
    may: ['base', 'url', 'store', 'archive', 'parse'],
    modules: [
      ...['yazl', 'hyparquet-writer', 'node:buffer', 'node:fs', 'node:fs/promises', 'node:path', 'node:crypto'],
      ...['node:zlib', 'node:worker_threads', 'node:os', ...STREAMS],
    ],
  },
  '.': HEART,
  'assemble.ts': BUILDER,
  // Opens the job: its folder, its lock, its store.
  'job.ts': BUILDER,
  'config.ts': {
    may: ['.', 'base'],
    // A process, to be told where a file of options stops being JavaScript.
    modules: ['node:fs', 'node:fs/promises', 'node:path', 'node:url', 'node:child_process'],
  },
  'contents.ts': { may: ['.', 'base', 'archive', 'fetch'], modules: [] },
  'descriptors.ts': { may: ['.', 'base'], modules: ['node:fs'] },
  'retry.ts': { may: ['.', 'base', 'store', 'archive', 'views'], modules: ['node:path'] },
  'takedown.ts': { may: ['.', 'base', 'url', 'store', 'archive'], modules: ['node:path'] },
  'archiving.ts': { may: ['.', 'base', 'archive', 'parse', 'store'], modules: ['node:path'] },
  'memory.ts': { may: ['base'], modules: ['node:os'] },
  'log.ts': { may: ['base'], modules: ['node:fs', 'node:fs/promises', 'node:path'] },
  'index.ts': { may: ['.', 'base'], modules: [] },
  cli: FRONT,
  web: FRONT,
};

interface Import {
  readonly specifier: string;
  readonly isType: boolean;
}

/** What a file imports or exports again; `isType` where nothing of it is left once the types are gone. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const statements = code.matchAll(/^\s*(?:import|export)\s+(?:(type\s)?([^;'"`=()]*?)\s*from\s*)?'([^'\n]+)'/gm);
  const whole = [...statements].map(([, type, names, specifier]) => ({
    specifier: specifier!,
    isType: type !== undefined || /^\{(\s*type\s[^,}]*,?)+\s*\}$/.test(names ?? ''),
  }));
  const later = [...code.matchAll(/\bimport\(\s*'([^'\n]+)'/g)].map(([, specifier]) => ({
    specifier: specifier!,
    isType: false,
  }));
  return [...whole, ...later];
}

/** Imports that go up or sideways, and modules that a part has no business with. Tests are not asked. */
export function floorViolations(sources: readonly Source[]): string[] {
  return sources.filter(({ path }) => !path.endsWith('.test.ts')).flatMap(violationsOf);
}

function violationsOf({ path, text }: Source): string[] {
  const part = partOf(path);
  const rule = RULES[path.slice('src/'.length)] ?? RULES[part];
  if (rule === undefined) return [`${path}: src/${part}/ stands on no floor`];
  return importsOf(text).flatMap(({ specifier, isType }) => {
    const said = `${path} imports ${specifier}`;
    if (!specifier.startsWith('.')) return isModuleAllowed(rule, specifier) ? [] : [`${said}: not a module for it`];
    if (!specifier.endsWith('.ts')) return [`${said}: written without .ts`];
    const target = partOf(join(dirname(path), specifier));
    const taken = isType ? [...rule.may, ...(rule.mayTypes ?? [])] : rule.may;
    const isAllowed = (part !== '.' && target === part) || taken.includes(target) || taken.includes('any');
    return isAllowed ? [] : [`${said}: imports go down only, and siblings meet in base`];
  });
}

function partOf(path: string): string {
  const [, folder, rest] = path.split('/');
  return rest === undefined ? '.' : (folder ?? '');
}

function isModuleAllowed({ modules, never = [] }: Rule, specifier: string): boolean {
  const named = (list: readonly string[]): boolean =>
    list.some((name) => specifier === name || (!name.startsWith('node:') && specifier.startsWith(`${name}/`)));
  return !named(never) && (modules.includes('any') || named(modules));
}

/** Circles of imports, each told once as `a -> b -> a`; types count too, for they tie files together just as well. */
export function importCycles(sources: readonly Source[]): string[] {
  const targets = new Map(
    sources.map(({ path, text }) => [
      path,
      importsOf(text)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => join(dirname(path), specifier)),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return cycles;
}
