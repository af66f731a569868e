// Bugs that readers of HTML have had. Each is planted in a copy of src/, and the fuzz must find it.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Bug {
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly right: string;
  readonly wrong: string;
}

export const BUGS: readonly Bug[] = [
  {
    name: 'a script in a comment has no double escape',
    file: 'raw-text.ts',
    right: "if (script.state !== 'double') return mark.index;",
    wrong: 'return mark.index;',
  },
  {
    name: '--!> does not end a comment',
    file: 'raw-text.ts',
    right: 'if (code === BANG &&',
    wrong: 'if (false && code === BANG &&',
  },
  {
    name: '<!--> is not a whole comment',
    file: 'raw-text.ts',
    right: "text.indexOf('--', open + 2); at >= 0;",
    wrong: "text.indexOf('--', open + 4); at >= 0;",
  },
  {
    name: 'the name of an end tag of raw text knows no upper case',
    file: 'raw-text.ts',
    right: '(text.charCodeAt(at + i) | 0x20) !== element',
    wrong: 'text.charCodeAt(at + i) !== element',
  },
  {
    name: 'raw text ends at any end tag that begins like its own',
    file: 'raw-text.ts',
    right: 'return code === CLOSE || code === 0x2f || isSpace(code);',
    wrong: 'return true;',
  },
  {
    name: 'the last of several attributes counts',
    file: 'attributes.ts',
    right: ' || (this.#found & (1 << slot)) !== 0) continue;',
    wrong: ') continue;',
  },
  {
    name: 'a slash ends an unquoted value',
    file: 'attributes.ts',
    right:
      'if (code === CLOSE || (code < 64 && CLASS[code] === SPACE)) break;\n  }\n  return at;\n}\n\nexport function afterSpaces',
    wrong:
      'if (code === CLOSE || code === SLASH || (code < 64 && CLASS[code] === SPACE)) break;\n  }\n  return at;\n}\n\nexport function afterSpaces',
  },
  {
    name: 'references need their semicolon',
    file: 'references.ts',
    right: "(semicolon !== '' || (exact.isLegacy",
    wrong: "(semicolon !== '' || (false && exact.isLegacy",
  },
  {
    name: 'a reference before an equals sign is one',
    file: 'references.ts',
    right: '!(isAttribute && isAssigned)',
    wrong: 'true',
  },
  {
    name: 'CDATA is known in HTML too',
    file: 'html.ts',
    right: '&& (this.#isXml || this.#foreign.isForeign)',
    wrong: '',
  },
  {
    name: 'NUL is left in values',
    file: 'attributes.ts',
    right: "(odd === '\\0' ? '\\ufffd' : '\\n')",
    wrong: "(odd === '\\0' ? odd : '\\n')",
  },
  { name: 'plaintext ends', file: 'html.ts', right: "if (element.content === 'plaintext') return -1;\n", wrong: '' },
];

export interface Planted extends Disposable {
  /** Like src/, with the bug in it. */
  readonly source: URL;
}

/** Throws where the right text does not stand exactly once: then the bug must be written anew. */
export function plant({ name, file, right, wrong }: Bug): Planted {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-planted-'));
  const root = fileURLToPath(new URL('../../', import.meta.url));
  mkdirSync(join(folder, 'src'));
  for (const part of ['base', 'url', 'parse'])
    cpSync(join(root, 'src', part), join(folder, 'src', part), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'src/parse/html', file);
  const parts = readFileSync(path, 'utf8').split(right);
  if (parts.length !== 2)
    throw new Error(`${name}: ${JSON.stringify(right)} stands ${parts.length - 1} times in ${file}`);
  writeFileSync(path, parts.join(wrong));
  return {
    source: pathToFileURL(`${join(folder, 'src')}/`),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
