// What the bundler is told beside its options.

import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** An import that may be one of a module of Node. */
const IMPORT = /^import (?:(\w+)|\{([^}]*)\}) from ['"]([\w:/]+)['"];?$/gm;
/** A module that the parser of the command line imports and does not use here. */
const UNUSED = 'node:child_process';

/**
 * Takes the modules of Node as they are. An import statement would first make a copy of each with all its exports, and
 * would load what stands behind every export: that takes a fifth of a start.
 */
export function builtins(): Plugin {
  return {
    name: 'builtins',
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /\.(?:ts|m?js)$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8').replace(IMPORT, taken);
        return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
      });
      // Packages in the older format of modules.
      onResolve({ filter: /./ }, ({ path, kind }) =>
        kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'builtin' } : null,
      );
      onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule('${path}');`,
      }));
    },
  };
}

function taken(statement: string, whole: string | undefined, names = '', module: string): string {
  if (!isBuiltin(module)) return statement;
  const lines = '\n'.repeat(names.split('\n').length - 1);
  const values = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.replace(' as ', ': '));
  if (whole === undefined && values.length === 0) return lines;
  // A file may import a variable with the name `process`.
  const loaded = `globalThis.process.getBuiltinModule('${module}')`;
  if (whole === undefined) return `const { ${values.join(', ')} } = ${loaded};${lines}`;
  return `const ${whole} = ${module === UNUSED ? `{ get spawn() { return ${loaded}.spawn; } }` : loaded};`;
}

/** The file with the table of the commands. */
const TABLE = /src\/cli\/commands\.ts$/;
/** The commands that only read what others wrote. */
const READING = /(?:status|why|report|export|verify|retry|remove|completion)\.ts$/;

/**
 * Puts the files of the commands into two. Finding and linking a file takes half a millisecond, and code that is not
 * called takes next to nothing.
 */
export function groups(): Plugin {
  return {
    name: 'groups',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /./ }, ({ path, kind, importer }) => {
        if (kind !== 'dynamic-import' || !TABLE.test(importer)) return null;
        return { path: READING.test(path) ? 'reading' : 'working', namespace: 'group', pluginData: importer };
      });
      onLoad({ filter: /./, namespace: 'group' }, ({ path, pluginData: table }) => {
        const files = [...readFileSync(table, 'utf8').matchAll(/\bimport\('([^']+)'\)/g)].map(([, file]) => file!);
        const own = files.filter((file) => READING.test(file) === (path === 'reading'));
        return { contents: own.map((file) => `export * from '${file}';`).join('\n'), resolveDir: dirname(table) };
      });
    },
  };
}
