import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { UsageError } from '../base/errors.ts';
import { defineConfig, readConfig } from './config.ts';
import { resolveOptions } from './options.ts';

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

test('readConfig: what does not hold is one sentence that names the file, and no file of ours', async () => {
  const json = (text: string) => ({ 'gossamer.config.json': text });
  const js = (text: string) => ({ 'gossamer.config.js': text });
  const ts = (text: string, other = '') => ({ 'gossamer.config.ts': text, 'other.ts': other });
  const table: readonly [files: Record<string, string>, message: RegExp][] = [
    [json('{"dept": 2}'), /: dept is not an option: did you mean depth\?$/],
    [json('{"maxBody": 2}'), /: maxBody is not an option: did you mean bodyBytesMax\?$/],
    [json('{"cachet": 2}'), /: cachet is not an option\.$/],
    [json('{"depth": "two"}'), /: depth: "two" is not a whole number/],
    [json('{"timeoutMs": "30s"}'), /: timeoutMs: "30s" is not a whole number .*\(milliseconds\)\.$/],
    [json('{"robots": "no"}'), /: robots: "no" is not true or false\.$/],
    [json('{"roots": ["ftp://h/"]}'), /: "ftp:\/\/h\/" is not an http/],
    [json('{"roots": ["http://h/", "ftp://h/"]}'), /: root 2: "ftp:\/\/h\/" is not an http/],
    [json('{"depth": 2'), / cannot be used: .*JSON/],
    [json('[]'), /: its default export is a list, and should be an object/],
    [json('null'), /: its default export is null, and should be an object/],
    [js('export const depth = 2;'), / has no default export: write export default \{ \.\.\. \}\.$/],
    [js('export default undefined;'), /: its default export is undefined, /],
    [js('export default () => ({});'), /: its default export is a function, /],
    [js('export default {\n  depth: 2,\n'), / cannot be used: .* \(line 3\)\.$/],
    [ts('export default {\n  depth: = 2,\n}'), / cannot be used: .* \(line 2\)\.$/],
    [ts('\nthrow new Error("no luck")'), / cannot be used: no luck \(line 2\)\.$/],
    [ts('\nexport default { depth: nothing }'), / cannot be used: nothing is not defined \(line 2\)\.$/],
    [ts('export default Promise.reject(new Error("\\nlater\\nmore"))'), / cannot be used: later \(line 1\)\.$/],
    [ts('throw "a word"'), / cannot be used: a word\.$/],
    [ts('throw { code: 7, why: "no luck" }'), / cannot be used: it threw \{ code: 7, why: 'no luck' \}\.$/],
    [ts('throw { message: "no luck", code: 7 }'), / cannot be used: no luck\.$/],
    [ts('throw null'), / cannot be used: it threw null\.$/],
    [ts('throw Object.create(null)'), / cannot be used: it threw \[Object: null prototype\] \{\}\.$/],
    [ts('throw { get message() { throw 1 } }'), / cannot be used: it threw \{ message: \[Getter\] \}\.$/],
    [ts('throw Object.assign(new Error("x"), { message: { code: 7 } })'), / cannot be used: it threw \S/],
    [js('export default Promise.reject({ code: 7 })'), / cannot be used: it threw \{ code: 7 \}\.$/],
    [js('export default { get depth() { throw Symbol("x") } }'), / cannot be used: it threw Symbol\(x\)\.$/],
    [js('export default {\n  get depth() { throw new Error("later") },\n}'), / cannot be used: later \(line 2\)\.$/],
    [
      js('export default {\n  get roots() { return nothing },\n}'),
      / cannot be used: nothing is not defined \(line 2\)\.$/,
    ],
    [ts('import "./other.ts"', '\n\nthrow Error("there")'), / cannot be used: there \(\S+other\.ts, line 3\)\.$/],
    [ts('import "./nowhere.ts"'), / cannot be used: Cannot find module .*nowhere\.ts/],
  ];
  for (const [files, message] of table) {
    const folder = folderWith(files);
    const file = join(folder, Object.keys(files)[0]!);
    const isIt = (error: unknown): boolean => {
      assert.ok(error instanceof UsageError, String(error));
      assert.ok(error.message.startsWith(file), error.message);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n|config\.test\.ts|src.config\.ts/);
      return true;
    };
    await assert.rejects(readConfig(undefined, folder), isIt, String(message));
  }
});

test('readConfig: a file that is not there, a folder, and two files at once', async () => {
  const refused = (named: string | undefined, folder: string, message: RegExp): Promise<void> =>
    assert.rejects(readConfig(named, folder), { code: 'usage', message });
  await refused('nowhere.json', home, /nowhere\.json is not there\.$/);
  await refused('nowhere.ts', home, /nowhere\.ts is not there\.$/);
  await refused('.', home, / is a folder, not an options file\.$/);
  await refused('/dev/null', home, /^\/dev\/null is not a regular file\.$/);
  await refused('x.yaml', folderWith({ 'x.yaml': 'depth: 1' }), /x\.yaml cannot be used: Unknown file extension/);
  const two = folderWith({ 'gossamer.config.js': '', 'gossamer.config.json': '' });
  await refused(undefined, two, /^There are gossamer\.config\.js and gossamer\.config\.json/);
});

test('readConfig: a mark at the beginning, URLs and expressions are taken', async () => {
  const marked = folderWith({ 'gossamer.config.json': '\ufeff{"depth": 2}' });
  assert.equal((await readConfig(undefined, marked))?.config.depth, 2);
  const typed = folderWith({ 'a.ts': 'export default { roots: new URL("http://h.example/"), exclude: /old/i };' });
  const { roots, exclude } = (await readConfig('a.ts', typed))!.config;
  assert.deepEqual(resolveOptions({ roots: roots!, exclude }).exclude, ['(?i:old)']);
});
