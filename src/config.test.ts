import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { defineConfig, readConfig } from './config.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-config-'));
after(() => rmSync(home, { recursive: true }));
let folders = 0;

function folderWith(files: Readonly<Record<string, string>>): string {
  folders += 1;
  const folder = mkdtempSync(join(home, `${folders}-`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('readConfig: the three kinds of file, by itself or by name', async () => {
  const ts = 'const depth: number = 2;\nexport default { depth, roots: ["http://h.example/"] };';
  for (const [name, text] of [
    ['gossamer.config.ts', ts],
    ['gossamer.config.js', 'export default { depth: 2, roots: ["http://h.example/"] };'],
    ['gossamer.config.json', '{"depth": 2, "roots": ["http://h.example/"]}'],
  ] as const) {
    const folder = folderWith({ [name]: text });
    const expected = { file: join(folder, name), config: { depth: 2, roots: ['http://h.example/'] } };
    const found = await readConfig(undefined, folder);
    assert.deepEqual({ ...found, config: { ...found?.config } }, expected);
    assert.equal((await readConfig(name, folder))?.file, expected.file);
  }
  assert.equal(await readConfig(undefined, folderWith({})), null);
  assert.deepEqual(defineConfig({ depth: 3 }), { depth: 3 });
});

test('readConfig: what does not hold is one sentence that names the file', async () => {
  const table: readonly [files: Record<string, string>, message: RegExp][] = [
    [{ 'gossamer.config.json': '{"dept": 2}' }, /gossamer\.config\.json: dept is not an option\.$/],
    [{ 'gossamer.config.json': '{"depth": "two"}' }, /gossamer\.config\.json: depth: "two" is not a whole number/],
    [{ 'gossamer.config.json': '{"roots": ["ftp://h/"]}' }, /gossamer\.config\.json: "ftp:\/\/h\/" is not an http/],
    [{ 'gossamer.config.json': '{"depth": 2' }, /gossamer\.config\.json cannot be read: .*JSON/],
    [{ 'gossamer.config.json': '[]' }, /gossamer\.config\.json: its default export is no object/],
    [{ 'gossamer.config.js': 'export const depth = 2;' }, /gossamer\.config\.js: its default export is no object/],
    [{ 'gossamer.config.js': 'export default {' }, /gossamer\.config\.js cannot be read: /],
    [{ 'gossamer.config.ts': 'throw new Error("no luck")' }, /gossamer\.config\.ts cannot be read: no luck$/],
    [
      { 'gossamer.config.js': '', 'gossamer.config.json': '' },
      /^There are gossamer\.config\.js and gossamer\.config\.json/,
    ],
  ];
  for (const [files, message] of table) {
    await assert.rejects(readConfig(undefined, folderWith(files)), { code: 'usage', message }, String(message));
  }
  await assert.rejects(readConfig('nowhere.json', home), { code: 'usage', message: /nowhere\.json cannot be read/ });
});
