// bin/gossamer.js on a node that is too old: a checkout's own node takes over, elsewhere there is one sentence. The
// program behind it is a stand-in, so that each signal can be watched.

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/gossamer.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'gossamer-bin-'));
after(() => rmSync(home, { recursive: true, force: true }));

/** Says who it is once it hears signals, then each signal, and ends with 7 after two of them. */
const STAND_IN = `
export async function main(argv) {
  if (argv[0] === 'end') return 5;
  if (argv[0] === 'wait') return new Promise(() => {});
  if (argv[0] === 'pause') return new Promise((resolve) => setTimeout(resolve, 1, 6));
  let signals = 0;
  const pause = setInterval(() => {}, 1000);
  const ended = new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {
      console.log(name);
      signals += 1;
      if (signals === 2) { clearInterval(pause); resolve(7); }
    });
  });
  console.log(process.versions.node, process.pid, JSON.stringify(argv));
  return ended;
}
`;

const oldNode = findOldNode();
const skip = oldNode === null ? 'no node below 24.15 on PATH' : false;

function findOldNode(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(folder, 'node');
    if (!existsSync(node)) continue;
    const [major, minor] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      .split('.')
      .map(Number);
    if (major! < 24 || (major === 24 && minor! < 15)) return node;
  }
  return null;
}

/** A folder that looks like a checkout, or like one without its node, or one that was not built. */
function makeCheckout(name: string, has: { readonly node: boolean; readonly built: boolean }): string {
  const folder = join(home, name);
  for (const part of ['bin', 'dist/cli', 'node_modules/node/bin']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  copyFileSync(BIN, join(folder, 'bin/gossamer.js'));
  if (has.node) symlinkSync(process.execPath, join(folder, 'node_modules/node/bin/node'));
  if (has.built) writeFileSync(join(folder, 'dist/cli/main.js'), STAND_IN);
  return join(folder, 'bin/gossamer.js');
}

interface Started {
  readonly child: ChildProcess;
  readonly nextLine: () => Promise<string>;
  readonly ended: Promise<{ code: number | null; signal: string | null; stderr: string }>;
}

function start(node: string, args: readonly string[]): Started {
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Interface = createInterface({ input: child.stdout });
  const iterator = lines[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }));
  return { child, nextLine: async () => (await iterator.next()).value ?? '', ended };
}

test('bin: an old node outside a checkout says one sentence and exits 2', { skip }, async () => {
  const { code, stderr } = await start(oldNode!, [makeCheckout('outside', { node: false, built: true }), '--version'])
    .ended;
  assert.equal(code, 2);
  assert.match(stderr, /^gossamer needs node 24\.15 or newer, and this is node [\d.]+\.\n$/);
});

test('bin: an old node in a checkout hands over arguments and exit code', { skip }, async () => {
  const bin = makeCheckout('handing-over', { node: true, built: true });
  const { child, nextLine, ended } = start(oldNode!, [bin, 'crawl', '--x=a b']);
  const [version, pid, ...argv] = (await nextLine()).split(' ');
  assert.equal(version, process.versions.node);
  assert.notEqual(Number(pid), child.pid);
  assert.deepEqual(JSON.parse(argv.join(' ')), ['crawl', '--x=a b']);
  child.kill('SIGKILL');
  await ended;
  assert.deepEqual(await start(oldNode!, [bin, 'end']).ended, { code: 5, signal: null, stderr: '' });
});

test('bin: each signal reaches the program behind once, and its end is waited for', { skip }, async () => {
  const { child, nextLine, ended } = start(oldNode!, [makeCheckout('signals', { node: true, built: true })]);
  await nextLine();
  child.kill('SIGINT');
  assert.equal(await nextLine(), 'SIGINT');
  child.kill('SIGTERM');
  assert.equal(await nextLine(), 'SIGTERM');
  assert.deepEqual(await ended, { code: 7, signal: null, stderr: '' });
});

test('bin: killed by a signal is passed back, and killing the starter kills the program', { skip }, async () => {
  const bin = makeCheckout('killed', { node: true, built: true });
  const first = start(oldNode!, [bin]);
  process.kill(Number((await first.nextLine()).split(' ')[1]), 'SIGKILL');
  assert.equal((await first.ended).signal, 'SIGKILL');

  const second = start(oldNode!, [bin]);
  await second.nextLine();
  second.child.kill('SIGKILL');
  // The program holds the other end of stdout: it closes only when the program is gone too.
  assert.equal((await second.ended).signal, 'SIGKILL');
});

test('bin: a checkout that was not built says what to do', async () => {
  const bin = makeCheckout('unbuilt', { node: true, built: false });
  const { code, stderr } = await start(process.execPath, [bin]).ended;
  assert.equal(code, 2);
  assert.match(stderr, /^gossamer is not built yet: .*npm run build.*\n$/);
});

test('bin: a command that waits for what never comes ends with code 3 and a sentence, and others with their own', () => {
  const script = makeCheckout('waits', { node: true, built: true });
  const ends = ['wait', 'pause', 'end'].map((word) => {
    const { status, stderr } = spawnSync(process.execPath, [script, word], { encoding: 'utf8' });
    return [word, status, stderr];
  });
  assert.deepEqual(ends, [
    [
      'wait',
      3,
      'gossamer stopped in the middle: it waited for something that never comes. Run the same command again.\n',
    ],
    ['pause', 6, ''],
    ['end', 5, ''],
  ]);
});
