// The house keeps its shape: floors, circles, lengths, banned calls, forgotten marks, true documents. Each rule is
// first shown to catch what it is for.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ERROR_CODES, SKIP_REASONS, STOPPED_BY } from '../src/base/errors.ts';
import { missingExports, missingPaths } from './helpers/tidy/documents.ts';
import { floorViolations, importCycles, importsOf, roomsTable } from './helpers/tidy/floors.ts';
import { longFiles, longFunctions } from './helpers/tidy/lengths.ts';
import { namesTwice, unusedWords } from './helpers/tidy/names.ts';
import { REPOSITORY, type Source, sourcesOf } from './helpers/tidy/source.ts';
import { bannedCalls, forgottenMarks, wallTimes, wideComments } from './helpers/tidy/words.ts';

const SRC = sourcesOf(['src/**/*.{ts,tsx}']);
const PROGRAM = SRC.filter(({ path }) => !path.endsWith('.test.ts'));
const CODE = sourcesOf(['{src,test,bench,build,examples}/**/*.{ts,tsx}', 'bin/*.js']);
const DOCUMENTS = sourcesOf(['README.md', 'CONTRIBUTING.md', '{docs,bench,examples}/**/*.md']);
const ARCHITECTURE = 'docs/architecture.md';
const STAGES = 'examples/stages/README.md';

/** Nothing was found, or the list of what was. */
function assertNone(found: readonly string[]): void {
  assert.ok(found.length === 0, `\n${found.join('\n')}`);
}

test('sourcesOf: finds the files of the house', () => {
  assert.ok(SRC.some(({ path }) => path === 'src/crawl/crawl.ts'));
  assert.ok(CODE.some(({ path }) => path === 'test/tidy.test.ts'));
  assert.ok(DOCUMENTS.some(({ path }) => path === ARCHITECTURE));
  assert.ok(!CODE.some(({ path }) => path.includes('node_modules')));
});

test('importsOf: reads every form of import, and none out of a comment', () => {
  const text = `import { a } from './a.ts';
    // import './comment.ts';
    import type { B } from './b.ts';
    import { type C, type D } from './c.ts';
    import {
      type E,
      f,
    } from './e.ts';
    import 'side-effect';
    export * from './g.ts';
    const h = await import('./h.ts');
    const url = 'https://example.com/';`;
  assert.deepEqual(
    importsOf(text).map(({ specifier, isType }) => `${specifier} ${isType ? 'types' : 'code'}`),
    ['./a.ts code', './b.ts types', './c.ts types', './e.ts code', 'side-effect code', './g.ts code', './h.ts code'],
  );
});

test('floorViolations: catches what goes up, sideways, to a strange module, or stands nowhere', () => {
  const bad: readonly (readonly [path: string, specifier: string])[] = [
    ['src/base/limits.ts', '../url/key.ts'],
    ['src/base/limits.ts', 'node:fs'],
    ['src/url/key.ts', 'node:net'],
    ['src/url/key.ts', '../crawl/crawl.ts'],
    ['src/politeness/pace.ts', '../robots/rules.ts'],
    ['src/fetch/guard.ts', '../store/store.ts'],
    ['src/fetch/guard.ts', 'undici'],
    ['src/parse/html.ts', 'node:fs'],
    ['src/store/store.ts', '../archive/none.ts'],
    ['src/views/jsonl.ts', '../fetch/fetch.ts'],
    ['src/crawl/crawl.ts', '../fetch/fetch.ts'],
    ['src/crawl/crawl.ts', 'node:fs'],
    ['src/crawl/crawl.ts', '../cli/main.ts'],
    ['src/index.ts', './store/sqlite/store.ts'],
    ['src/strings.ts', './base/limits.ts'],
    ['src/options/options.ts', '../crawl/gate.ts'],
    ['src/cli/crawl.ts', '../fetch/fetch.ts'],
    ['src/cli/crawl.ts', 'node:sqlite'],
    ['src/utils/strings.ts', '../base/limits.ts'],
    ['src/url/key.ts', './host'],
  ];
  for (const [path, specifier] of bad) {
    const found = floorViolations([{ path, text: `import { x } from '${specifier}';\n` }]);
    assert.equal(found.length, 1, `${path} imports ${specifier}`);
  }
  const good: readonly Source[] = [
    { path: 'src/url/key.ts', text: "import { x } from '../base/limits.ts';\nimport { y } from 'tldts';\n" },
    { path: 'src/robots/policy.ts', text: "import { x } from '../url/key.ts';\n" },
    {
      path: 'src/crawl/crawl.ts',
      text: "import type { X } from '../fetch/fetch.ts';\nimport { y } from './gate.ts';\n",
    },
    { path: 'src/job/assemble.ts', text: "import { x } from '../fetch/fetch.ts';\n" },
    {
      path: 'src/views/mirror/page.ts',
      text: "import { x } from '../lines.ts';\nimport { y } from '../../base/limits.ts';\n",
    },
    { path: 'src/parse/charset.ts', text: "import { x } from '@exodus/bytes/encoding.js';\n" },
    { path: 'src/fetch/guard.test.ts', text: "import { x } from '../store/store.ts';\n" },
  ];
  assertNone(floorViolations(good));
});

test('src: imports go down only', () => assertNone(floorViolations(SRC)));

test('architecture: the table of the rooms is the one that is checked', () => {
  const page = DOCUMENTS.find(({ path }) => path === ARCHITECTURE)!.text;
  assert.ok(page.includes(roomsTable().join('\n')), `the table should be\n${roomsTable().join('\n')}`);
});

test('simulator: it wires nothing of the crawl by itself', () => {
  const own = CODE.filter(({ path }) => path.startsWith('test/simulate/'));
  assertNone(
    own.filter(({ text }) => /import \{[^}]*\b(createGate|createCommits|crawl)\b/.test(text)).map(({ path }) => path),
  );
});

test('importCycles: catches a circle of three files, and one that only types make', () => {
  const circle = [
    { path: 'src/a.ts', text: "import { b } from './url/b.ts';\n" },
    { path: 'src/url/b.ts', text: "import type { C } from './c.ts';\n" },
    { path: 'src/url/c.ts', text: "import { a } from '../a.ts';\n" },
  ];
  assert.deepEqual(importCycles(circle), ['src/a.ts -> src/url/b.ts -> src/url/c.ts -> src/a.ts']);
  assertNone(importCycles(circle.slice(0, 2)));
});

test('src: no imports go round in a circle', () => assertNone(importCycles(PROGRAM)));

test('longFiles: catches 301 lines, and 150 in the heart', () => {
  const lines = (count: number): string => '\n'.repeat(count);
  assertNone(longFiles([{ path: 'src/a.ts', text: lines(300) }]));
  assert.equal(longFiles([{ path: 'src/a.ts', text: lines(301) }]).length, 1);
  assert.equal(longFiles([{ path: 'src/crawl/crawl.ts', text: lines(150) }]).length, 1);
});

test('repository: no file of code is too long', () => assertNone(longFiles(CODE)));

test('namesTwice: catches a type that two files export, and a maker that two files have', () => {
  const a = { path: 'src/a.ts', text: 'export interface Room {}\nfunction createRoom() {}\n' };
  const b = { path: 'src/b.ts', text: 'export type Room = 1;\nexport function createRoom() {}\ninterface Kind {}\n' };
  const c = { path: 'src/c.ts', text: "interface Kind {}\nexport type { Room } from './a.ts';\n" };
  assert.deepEqual(namesTwice([a, b, c]), [
    'Room is declared in src/a.ts and src/b.ts',
    'createRoom is declared in src/a.ts and src/b.ts',
  ]);
});

test('src: one word is one thing', () => assertNone(namesTwice(PROGRAM)));

test('unusedWords: catches a word that is described and never given', () => {
  const given = { path: 'src/a.ts', text: "fail('one'); // 'two'\n" };
  const described = { path: 'src/words.ts', text: "const WORDS = { 'one': 1, 'two': 2 };\n" };
  assert.deepEqual(unusedWords(['one', 'two'], [given, described], ['src/words.ts']), ['two']);
});

test('src: every reason, error and end of a run happens', () => {
  const describes = ['errors', 'meaning', 'ledger'].map((name) => `src/base/${name}.ts`);
  describes.push('src/store/codes.ts', 'src/views/report/words.ts');
  const cli = PROGRAM.map(({ path }) => path).filter((path) => path.startsWith('src/cli/'));
  const words = [...ERROR_CODES, ...SKIP_REASONS, ...STOPPED_BY];
  assert.deepEqual(unusedWords(words, PROGRAM, [...describes, ...cli]), []);
});

test('longFunctions: catches 71 lines of its own, also in a method or an inner function', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'gossamer-tidy-'));
  t.after(() => rmSync(root, { recursive: true }));
  const statements = (count: number): string => 'count += 1;\n'.repeat(count);
  const write = (name: string, text: string): void => writeFileSync(join(root, name), `let count = 0;\n${text}`);
  write('function.ts', `export function long(): Promise<{ a: number }> {\n${statements(69)}}\n`);
  write('arrow.ts', `export const long = (a = '}', b = /[}"]/) => {\n${statements(69)}};\n`);
  write('method.ts', `export class A {\nlong(): void {\n${statements(69)}}\n}\n`);
  write('inner.ts', `export function outer(): void {\nfunction long(): void {\n${statements(69)}}\nlong();\n}\n`);
  const halves = ['one', 'two'].map((name) => `function ${name}(): void {\n${statements(40)}}\n`).join('');
  write('closures.ts', `export function outer(): void {\n${halves}one();\ntwo();\n}\n`);
  write('short.ts', `export function short(): void {\n${statements(68)}}\n`);
  assert.deepEqual(
    longFunctions(['.'], root).map((found) => found.split(':')[0]),
    ['arrow.ts', 'function.ts', 'inner.ts', 'method.ts'],
  );
});

test('src: no function is too long', () => assertNone(longFunctions(['src'], REPOSITORY)));

test('bannedCalls: catches time, timers and chance, and not what is said about them', () => {
  const calls = [
    'const t = Date.now();',
    'const t = new Date();',
    'const r = Math.random();',
    'setTimeout(f, 1);',
    'setInterval(f, 1);',
    'const t = performance.now();',
    'const t = process.hrtime.bigint();',
    "import { setTimeout as sleep } from 'node:timers/promises';",
  ];
  for (const text of calls) assert.equal(bannedCalls([{ path: 'src/a.ts', text }]).length, 1, text);
  const fine = "// Date.now() is banned\nconst d = new Date(now); const u = 'http://x'; /* setTimeout(f) */";
  assertNone(bannedCalls([{ path: 'src/a.ts', text: fine }]));
  assertNone(bannedCalls([{ path: 'src/base/clock.ts', text: calls.join('\n') }]));
  assert.match(bannedCalls([{ path: 'src/a.ts', text: "const u = 'http://x'; Date.now();" }])[0]!, /^src\/a\.ts:1: /);
});

test('src: only the clock knows the time', () => assertNone(bannedCalls(PROGRAM)));

test('wallTimes: catches the clock on the wall where times are compared', () => {
  const at = (path: string, text: string): number => wallTimes([{ path, text }]).length;
  assert.equal(at('src/crawl/gate.ts', 'if (clock.wall() > until) open();'), 1);
  assert.equal(at('src/politeness/pace.ts', 'const { wall } = clock; return wall() - at;'), 1);
  assert.equal(at('src/crawl/gate.ts', '// clock.wall() is for people'), 0);
  assert.equal(at('src/job/log.ts', 'line(clock.wall())'), 0);
});

test('src: times are compared in steady time', () => assertNone(wallTimes(PROGRAM)));

test('forgottenMarks: catches unfinished work and tests that are left out without a reason', () => {
  const marks = [
    `// ${'TO'}DO: later`,
    `/* ${'FIX'}ME */`,
    `// ${'XX'}X`,
    `test.${'only'}('x', f);`,
    `test.${'skip'}('x', f);`,
    `test('x', { ${'skip'}: true }, f);`,
    `t.${'skip'}();`,
  ];
  for (const text of marks) assert.equal(forgottenMarks([{ path: 'src/a.ts', text }]).length, 1, text);
  assertNone(forgottenMarks([{ path: 'src/a.ts', text: "t.skip('no nginx');\ntest('x', { skip: missing }, f);" }]));
});

test('repository: no marks are forgotten', () => assertNone(forgottenMarks([...CODE, ...DOCUMENTS])));

test('wideComments: catches a comment beyond 120 columns, alone or behind code, and no wide string', () => {
  const wide = 'x'.repeat(119);
  for (const text of [`// ${wide}`, `  /**\n   * ${wide}\n   */`, `const a = 1; // ${wide}`, `/* ${wide} */`])
    assert.equal(wideComments([{ path: 'src/a.ts', text }]).length, 1, text);
  const fine = `// ${'x'.repeat(117)}\nconst url = 'http://${wide}';\nconst lines = \`\n// ${wide}\`;`;
  assertNone(wideComments([{ path: 'src/a.ts', text: fine }]));
  assert.match(
    wideComments([{ path: 'src/a.ts', text: `\n// ${wide}` }])[0]!,
    /^src\/a\.ts:2: a comment of 122 columns/,
  );
});

test('repository: comments keep to 120 columns', () => assertNone(wideComments(CODE)));

test('missingPaths: catches a path that is not there', () => {
  const document = { path: ARCHITECTURE, text: '`src/crawl/crawl.ts` and `src/nowhere.ts`, `bench/work/` and `a/b`' };
  assert.deepEqual(missingPaths([document], REPOSITORY), [`${ARCHITECTURE} names src/nowhere.ts, which is not there`]);
});

test('missingExports: catches a name that nothing exports, or another file than it says', () => {
  const sources = [
    { path: 'src/a.ts', text: 'export function makeA(): void {}\nexport type { B } from "./b.ts";\n' },
    { path: 'src/b.ts', text: 'export interface B {}\nconst Hidden = 1;\nexport const LIMIT = 1;\n' },
  ];
  const text = '`makeA` in `src/a.ts`, `B`, `queued`, `LIMIT`; `Hidden`; `makeA` in\n`src/b.ts`\n```\n`Sketch`\n```\n';
  assert.deepEqual(missingExports({ path: ARCHITECTURE, text }, sources), [
    `${ARCHITECTURE} names Hidden, which nothing exports`,
    `${ARCHITECTURE} says makeA in src/b.ts, which does not export it`,
  ]);
});

test('documents: every path and every export that they name is there', () => {
  const architecture = DOCUMENTS.find(({ path }) => path === ARCHITECTURE)!;
  const stages = DOCUMENTS.find(({ path }) => path === STAGES)!;
  // The table that sets the fourth stage beside the program.
  const [table] = /^\| there \|.*?\n\n/ms.exec(stages.text)!;
  const missing = [architecture, { path: STAGES, text: table }].flatMap((each) => missingExports(each, PROGRAM));
  assertNone([...missingPaths(DOCUMENTS, REPOSITORY), ...missing]);
});
