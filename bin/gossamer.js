#!/usr/bin/env node
// Plain JavaScript that an old node can parse, because it may be an old node that reads it. Where that is so and this
// is a checkout, the node of the checkout takes over; elsewhere the user is told in a sentence.

// A newer node hands over its modules as they are. An import statement copies all exports of a module first, and loads
// what is behind them.
const builtin = process.getBuiltinModule ?? ((name) => import(name));
const { existsSync } = await builtin('node:fs');
const { fileURLToPath } = await builtin('node:url');

const NEEDED = '24.15';
/**
 * Says to the process that takes over that it was started here, so that it neither starts another nor outlives this
 * one.
 */
const RELAUNCHED = 'GOSSAMER_RELAUNCHED';
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];

const pinned = fileURLToPath(
  new URL(`../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`, import.meta.url),
);
const built = new URL('../dist/cli/main.js', import.meta.url);
const isRelaunched = process.env[RELAUNCHED] !== undefined;
delete process.env[RELAUNCHED];

if (isNewEnough(process.versions.node)) run();
else if (existsSync(pinned) && !isRelaunched) relaunch();
else refuse(`gossamer needs node ${NEEDED} or newer, and this is node ${process.versions.node}.`);

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  const [majorNeeded, minorNeeded] = NEEDED.split('.').map(Number);
  return major > majorNeeded || (major === majorNeeded && minor >= minorNeeded);
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 2;
}

async function run() {
  if (!existsSync(built)) {
    refuse('gossamer is not built yet: run `npm run build` in its folder.');
    return;
  }
  if (isRelaunched && process.channel !== undefined) {
    // The starter was killed before it could say anything: what it stood for ends as abruptly.
    process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
    process.channel.unref();
  }
  keepCompiled();
  if (process.argv.includes('-v') || process.argv.includes('--verbose')) process.setSourceMapsEnabled(true);
  const { main } = await import(built.href);
  process.once('beforeExit', stopped);
  process.exitCode = await main(process.argv.slice(2));
  process.off('beforeExit', stopped);
}

// Nothing is left that could wake the program, and the command has not ended. Node would end it with 0 and say nothing.
function stopped() {
  process.stderr.write(
    'gossamer stopped in the middle: it waited for something that never comes. Run the same command again.\n',
  );
  process.exitCode = 3;
}

// What is compiled is kept for the next start, in a folder of the user alone: what is read from there is run. Where it
// cannot be written, nothing is kept.
function keepCompiled() {
  const { enableCompileCache } = builtin('node:module');
  const { homedir } = builtin('node:os');
  const { join } = builtin('node:path');
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const caches = process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME;
  enableCompileCache(join(caches || join(homedir(), '.cache'), 'gossamer'));
}

// The child gets a session of its own. Otherwise a terminal sends Ctrl-C to both, and this process cannot tell that
// from a signal that was sent to it alone, which it must pass on: the child would hear one Ctrl-C twice, or none.
async function relaunch() {
  const { spawn } = await builtin('node:child_process');
  const child = spawn(pinned, process.argv.slice(1), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, process.env, { [RELAUNCHED]: '1' }),
    detached: process.platform !== 'win32',
  });
  // On Windows the console tells both of Ctrl-C, and "kill" ends a process at once whatever the signal: here it is only
  // survived.
  const pass = process.platform === 'win32' ? () => {} : (signal) => child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, pass);
  process.on('SIGTSTP', () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  child.on('error', (error) => refuse(`gossamer cannot start ${pinned}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
