// Makes the page of `gossamer serve` from src/page/: one HTML, one script, one sheet of styles. They are minified,
// because they cross a wire, and nothing in them asks another server.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

const REPOSITORY = join(import.meta.dirname, '..');

export async function buildPage(outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: { page: 'src/page/main.tsx', styles: 'src/page/styles/page.css' },
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome120', 'firefox120', 'safari17'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: {},
    metafile: true,
  });
  copyFileSync(join(REPOSITORY, 'src/page/index.html'), join(outdir, 'index.html'));
  return metafile;
}
