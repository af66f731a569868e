// Makes dist/ from src/: the program and the library in a few files, each with its map beside it, and nothing
// minified; and the page of the server.
// Why: docs/decisions/0048-one-bundle.md.

import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { buildPage } from './page.ts';
import { builtins, groups } from './plugins.ts';

const REPOSITORY = join(import.meta.dirname, '..');
const LICENSES = 'LICENSES.txt';

const { values } = parseArgs({ options: { out: { type: 'string', default: join(REPOSITORY, 'dist') } } });

const common = {
  absWorkingDir: REPOSITORY,
  outbase: 'src',
  outdir: values.out,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  sourcemap: true,
  metafile: true,
} as const satisfies BuildOptions;

rmSync(values.out, { recursive: true, force: true });
const [program, threads, page] = await Promise.all([
  build({
    ...common,
    entryPoints: ['src/cli/main.ts', 'src/index.ts'],
    splitting: true,
    // Beside index.js, where threadFile looks for the files of threads.
    chunkNames: '[name]-[hash]',
    plugins: [builtins(), groups()],
  }),
  // A thread loads one file.
  build({ ...common, entryPoints: globSync('src/**/*thread.ts', { cwd: REPOSITORY }), plugins: [builtins()] }),
  buildPage(join(values.out, 'page')),
]);
writeFileSync(join(values.out, LICENSES), licensesOf(program.metafile, threads.metafile, page));

/** The licences of the packages whose code is in the bundle. */
function licensesOf(...made: readonly Metafile[]): string {
  const inputs = made.flatMap((each) => Object.keys(each.inputs));
  const folders = new Set(inputs.flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const [file] = globSync('LICEN[CS]E*', { cwd: join(REPOSITORY, folder) });
    return `${folder.slice('node_modules/'.length)}\n\n${readFileSync(join(REPOSITORY, folder, file!), 'utf8')}`;
  });
  return `This folder contains code of these packages.\n\n${texts.join('\n----\n\n')}`;
}
