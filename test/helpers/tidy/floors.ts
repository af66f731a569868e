// The floors of the house: what each part of src/ may import, and that no imports form a circle.

import { dirname, join } from 'node:path/posix';
import { type Source, withoutComments } from './source.ts';

interface Rule {
  /** What is there, in a few words. */
  readonly holds: string;
  /** Folders of src/ whose code may be imported. */
  readonly may: readonly string[];
  /** Folders whose types alone may be imported. */
  readonly mayTypes?: readonly string[];
  /** Built-in modules and packages; `any` is every one except `never`. */
  readonly modules: readonly string[];
  readonly never?: readonly string[];
}

const FILES = ['node:fs', 'node:fs/promises', 'node:path'];
const STREAMS = ['node:stream', 'node:stream/promises'];
const DRIVERS = ['node:sqlite', 'pg'];
const RULES_OF_THE_WEB = ['url', 'robots', 'politeness', 'traps'];
const PARTS = ['fetch', 'parse', 'store', 'archive'];

/** From the top of the house to its ground. */
const ROOMS: Readonly<Record<string, Rule>> = {
  page: {
    holds: 'the page of the server, in a browser: it knows only the types of the API',
    may: [],
    mayTypes: ['serve'],
    modules: ['preact'],
  },
  'index.ts': { holds: 'what the library exports', may: ['base', 'options', 'job'], modules: [] },
  cli: {
    holds: 'the command line, a file for each command',
    may: ['base', 'url', 'options', 'crawl', 'store', 'views', 'search', 'job', 'serve'],
    modules: ['any'],
    never: DRIVERS,
  },
  serve: {
    holds: 'the API of jobs over HTTP, live and afterwards, and the view of archived pages',
    may: ['base', 'url', 'options', 'store', 'parse', 'views', 'search', 'job'],
    modules: [
      ...FILES,
      ...[
        'node:http',
        'node:net',
        'node:url',
        'node:os',
        'node:crypto',
        'node:buffer',
        'node:sqlite',
        'node:worker_threads',
      ],
    ],
  },
  job: {
    holds: 'the life of one job: options become parts, a run is started, watched and ended',
    may: ['base', ...RULES_OF_THE_WEB, 'options', 'crawl', ...PARTS, 'views', 'search'],
    modules: [...FILES, ...STREAMS, 'node:os', 'node:v8', 'node:events', 'node:worker_threads'],
  },
  crawl: {
    holds: 'the heart: the loop, its gate, admission, settlement, commits, sitemaps',
    may: ['base', ...RULES_OF_THE_WEB],
    mayTypes: PARTS,
    modules: ['node:crypto'],
  },
  options: {
    holds: 'every option: its name, type, unit, default and words',
    may: ['base', 'url'],
    // A process, because an options file may be a program.
    modules: [...FILES, 'node:url', 'node:util', 'node:child_process'],
  },
  search: {
    holds: 'the index of a job, and answers from it',
    may: ['base', 'url', 'robots', 'store', 'archive', 'parse', 'views'],
    modules: [...FILES, 'node:sqlite', 'node:crypto'],
  },
  views: {
    holds: 'what is made of a job: exports, reports, checks',
    may: ['base', 'url', 'store', 'archive', 'parse'],
    modules: [
      ...FILES,
      ...[
        'yazl',
        'hyparquet-writer',
        'node:buffer',
        'node:crypto',
        'node:zlib',
        'node:worker_threads',
        'node:os',
        'node:util',
      ],
      ...STREAMS,
    ],
  },
  fetch: {
    holds: 'one request: its guard, its limits, its connection, its response',
    may: ['base', 'url'],
    modules: [
      ...[
        'node:net',
        'node:http2',
        'node:tls',
        'node:dns',
        'node:dns/promises',
        'node:zlib',
        'node:crypto',
        'node:events',
        'node:util',
      ],
      'ipaddr.js',
      // The hosts file.
      ...['node:fs', 'node:fs/promises', ...STREAMS],
    ],
  },
  parse: {
    holds: 'bytes in, links and text out',
    may: ['base', 'url'],
    // zlib, because the file of a sitemap may be packed.
    modules: ['node:buffer', 'node:zlib', 'html-encoding-sniffer', '@exodus/bytes'],
  },
  store: {
    holds: 'the frontier and the ledger of a job, and the lock of its folder',
    may: ['base', 'url'],
    modules: [...FILES, ...DRIVERS, 'node:crypto', 'node:url', 'node:util'],
  },
  archive: {
    holds: 'WARC files: written, indexed, read, recovered',
    may: ['base', 'url'],
    modules: [
      ...[...FILES, 'node:crypto', 'node:zlib', 'node:util', 'node:worker_threads', ...STREAMS],
      // S3.
      ...['node:http', 'node:https'],
    ],
  },
  robots: { holds: 'what robots.txt allows', may: ['base', 'url'], modules: ['node:buffer', 'node:zlib'] },
  traps: { holds: 'which pages belong to endless series that say nothing new', may: ['base', 'url'], modules: [] },
  politeness: { holds: 'how fast a host may be asked', may: ['base'], modules: [] },
  url: { holds: 'URLs: joined, compared, in scope or not', may: ['base'], modules: ['tldts', 're2js'] },
  base: { holds: 'contracts, errors, limits, the clock', may: [], modules: ['node:os'] },
};

/** Files with a rule of their own. */
const EXCEPTIONS: Readonly<Record<string, Rule>> = {
  'page/figures.ts': { holds: '', may: ['base'], modules: [] },
  'base/on-demand.ts': { holds: '', may: ['base'], modules: ['node:module'] },
  'base/version.ts': { holds: '', may: ['base'], modules: ['node:module', 'node:fs'] },
  'base/link.ts': { holds: '', may: ['base'], modules: ['node:fs'] },
  'base/remove.ts': { holds: '', may: ['base'], modules: ['node:fs', 'node:path'] },
};

/** The rooms as docs/architecture.md prints them. */
export function roomsTable(): string[] {
  const cells = Object.entries(ROOMS).map(([room, { holds, may }]) => [
    room.endsWith('.ts') ? `\`src/${room}\`` : `\`src/${room}/\``,
    holds,
    may.join(', '),
  ]);
  return [
    '| room | what it holds | what it may import |',
    '| --- | --- | --- |',
    ...cells.map((row) => `| ${row.join(' | ')} |`),
  ];
}

interface Import {
  readonly specifier: string;
  readonly isType: boolean;
}

/** What a file imports or re-exports; `isType` if nothing of it is left without the types. */
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

/** Imports that go up or sideways, and modules that a part must not use. Tests are not checked. */
export function floorViolations(sources: readonly Source[]): string[] {
  return sources.filter(({ path }) => !path.endsWith('.test.ts')).flatMap(violationsOf);
}

function violationsOf({ path, text }: Source): string[] {
  const room = roomOf(path);
  const rule = EXCEPTIONS[path.slice('src/'.length)] ?? ROOMS[room];
  if (rule === undefined) return [`${path}: there is no room src/${room}`];
  return importsOf(text).flatMap(({ specifier, isType }) => {
    const said = `${path} imports ${specifier}`;
    if (!specifier.startsWith('.')) return isModuleAllowed(rule, specifier) ? [] : [`${said}: not a module for it`];
    if (!/\.tsx?$/.test(specifier)) return [`${said}: written without .ts`];
    const target = roomOf(join(dirname(path), specifier));
    const taken = isType ? [...rule.may, ...(rule.mayTypes ?? [])] : rule.may;
    return room === target || taken.includes(target)
      ? []
      : [`${said}: imports go down only, and siblings meet in base`];
  });
}

/** The folder in src/ that a file belongs to; the file itself if it is not in a folder. */
function roomOf(path: string): string {
  return path.split('/')[1]!;
}

function isModuleAllowed({ modules, never = [] }: Rule, specifier: string): boolean {
  const named = (list: readonly string[]): boolean =>
    list.some((name) => specifier === name || (!name.startsWith('node:') && specifier.startsWith(`${name}/`)));
  return !named(never) && (modules.includes('any') || named(modules));
}

/**
 * Circles of imports, each listed once as `a -> b -> a`. Types count too, because they tie files together just as well.
 */
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
