// The declarations that npm would publish: every option is explained in them, and a program of a user's holds against
// them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { longFlag, OPTIONS } from '../../src/options/options.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'gossamer-types-'));
after(() => rmSync(home, { recursive: true }));

function tsc(...args: readonly string[]): string {
  const compiler = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, ...args], { cwd: REPOSITORY, encoding: 'utf8' });
  return stdout + stderr;
}

assert.equal(tsc('-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', join(home, 'gossamer')), '');

/** Members of an interface with their comments, each as words with single spaces. */
function membersOf(file: string, name: string): Map<string, string> {
  const text = readFileSync(join(home, 'gossamer', file), 'utf8');
  const start = text.indexOf(`export interface ${name} `);
  const body = text.slice(start, text.indexOf('\n}', start));
  const members = new Map<string, string>();
  const plain = /(?:^ {4}\/\*\*((?:(?!\*\/).)*)\*\/\n)?^ {4}(?:readonly )?([a-zA-Z\d]+)\??(?::|\()/gms;
  for (const [, comment = '', member] of body.matchAll(plain)) {
    members.set(member!, comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim());
  }
  return members;
}

test('CrawlOptions: each option is explained, with its flag and its default', () => {
  const members = new Map([
    ...membersOf('options/crawl-options.d.ts', 'CrawlOptions'),
    ...membersOf('options/login-options.d.ts', 'LoginOptions'),
    ...membersOf('options/network-options.d.ts', 'NetworkOptions'),
    ...membersOf('options/proxy-options.d.ts', 'ProxyOptions'),
    ...membersOf('options/tls-options.d.ts', 'TlsOptions'),
  ]);
  assert.deepEqual([...members.keys()].sort(), ['roots', ...OPTIONS.map(({ name }) => name)].sort());
  for (const { name, flags, default: usual } of OPTIONS) {
    const shown = typeof usual === 'string' ? `\`${usual}\`` : Array.isArray(usual) ? 'empty' : String(usual);
    const comment = members.get(name)!;
    assert.match(comment, /^\S.{20,} `--[a-z0-9-]+`/, name);
    assert.ok(comment.includes(` \`${longFlag(flags)}\``), `${name}: ${comment}`);
    assert.ok(comment.endsWith(`; ${shown} by default.`), `${name}: ${comment}`);
    if (usual === null) assert.match(comment, /; null for /, name);
    if (name.endsWith('Ms')) assert.match(comment, /^Milliseconds /, name);
  }
});

test('CrawlHooks, CrawlSettings, Config: each member of them is explained too', () => {
  const files: readonly (readonly [file: string, name: string])[] = [
    ['job/hooks.d.ts', 'CrawlHooks'],
    ['index.d.ts', 'CrawlSettings'],
    ['options/crawl-options.d.ts', 'CrawlChoices'],
    ['options/config.d.ts', 'Config'],
  ];
  for (const [file, name] of files) {
    const members = membersOf(file, name);
    assert.ok(members.size > 0, name);
    for (const [member, comment] of members) assert.ok(comment.length > 20, `${name}.${member}`);
  }
});

const PROGRAM = `
import { crawl, defineConfig, type Config, type CrawlSettings, type Link, type Page } from './gossamer/index.js';

const pages: Page[] = [];
const settings: CrawlSettings = {
  include: [/docs/i, 'x'],
  exclude: /old/,
  timeoutMs: 1,
  limit: undefined,
  onPage: (page) => pages.push(page),
  onRequest: async (request) => ({ ...request, headers: ['X-A', '1'] }),
  onSkip: async ({ url, reason }) => void (url + reason),
};
const config: Config = defineConfig({ roots: [new URL('http://a.test/'), 'b.test'], exclude: [/x/], depth: null });
const run = crawl([new URL('http://a.test/'), 'b.test'], settings);
for await (const { referrer, charset, tries, sha256, links } of run) {
  const kinds: Link['kind'][] = links.map(({ kind }) => kind);
  const said: [string | null, string, number, string | null] = [referrer, charset, tries, sha256];
  console.log(kinds, said, config);
}
const { urls } = await run.summary;
console.log(urls.done);
crawl(new URL('http://a.test/'), { onPage: async () => 1 });
// @ts-expect-error: a name that is no option
crawl('a.test', { timeout: 1 });
// @ts-expect-error: a wrong unit
crawl('a.test', { timeoutMs: '30s' });
`;

test('types: a program holds against the declarations, and one that is wrong does not', () => {
  writeFileSync(join(home, 'program.ts'), PROGRAM);
  writeFileSync(join(home, 'package.json'), '{"type": "module"}');
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2024', lib: ['es2024', 'esnext.disposable'], strict: true, noEmit: true },
    ...{ exactOptionalPropertyTypes: true, types: ['node'], typeRoots: [join(REPOSITORY, 'node_modules/@types')] },
  };
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  assert.equal(tsc('-p', home), '');
});
