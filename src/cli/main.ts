// The command line: argv in, exit code out. Results go to stdout, everything for people to stderr.

import { Command, CommanderError } from 'commander';
import { systemClock } from '../base/clock.ts';
import { GossamerError, MachineError } from '../base/errors.ts';
import { ArchiveAway, asMachineError, systemName, troubleOf } from '../base/machine.ts';
import { PROGRAM } from '../base/program.ts';
import { version } from '../base/version.ts';
import { addCommands } from './commands.ts';
import { EXIT } from './exit.ts';
import { type Shell, tell } from './shell.ts';

const EXAMPLES = `
Examples:
  gossamer crawl https://example.com       every page of a site, into ./crawls/example.com
  gossamer status                          its progress, also from another terminal
  gossamer why https://example.com/page    what was decided about one URL, and why
  gossamer report                          what is broken, and which pages link to it
  gossamer export jsonl -o urls.jsonl      one line per URL
  gossamer demo                            a small site on this machine, to see it work
  gossamer links https://example.com       one part of a crawl; fetch, key and robots are others

gossamer COMMAND --help lists the options of a command.`;

/**
 * Threads for what Node does aside: long bodies are decoded and compressed there, two at a time. Each thread keeps up
 * to 8 MB of what it decoded last, and so only few are started. Node reads this when it starts the first of them.
 */
const POOL_THREADS = '2';

/** Runs one command. `argv` is without node and script. Resolves to the exit code and never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  process.env['UV_THREADPOOL_SIZE'] ??= POOL_THREADS;
  const shell: Shell = {
    // Asking for it makes it, and few commands read it.
    get in() {
      return process.stdin;
    },
    out: process.stdout,
    err: process.stderr,
    environment: process.env,
    clock: systemClock,
  };
  // A reader that leaves early (`| head`) is not our fault; the next write to it reports it.
  const onGone = (): void => {};
  shell.out.on('error', onGone);
  shell.err.on('error', onGone);
  let code: number = EXIT.finished;
  try {
    const program = await programOf(argv, shell, (exit) => {
      code = exit;
    });
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return complain(error, shell, argv.includes('-v') || argv.includes('--verbose'));
  }
}

async function programOf(argv: readonly string[], shell: Shell, finish: (code: number) => void): Promise<Command> {
  const program = new Command('gossamer')
    .description(
      'A web crawler. It downloads every page of a site, as fast as its server can take, and continues after a crash.',
    )
    .version(version, '-V, --version')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    // Printed even with --quiet, because a setting is ignored.
    .hook('preAction', async () => {
      const { strangerLines } = await import('./environment.ts');
      for (const line of strangerLines(shell.environment)) tell(shell.err, `gossamer: ${line}`);
    })
    .configureOutput({
      writeOut: (text) => void shell.out.write(asCalled(text, program)),
      writeErr: (text) => void shell.err.write(text),
      // `complain` prints it, once.
      outputError: () => {},
    });
  await addCommands(program, argv, shell, finish);
  return program;
}

/** The text of a help, with the program as the user called it where a command stands. */
function asCalled(help: string, { commands }: Command): string {
  const names = commands.map((command) => command.name()).join('|');
  return help.replace(new RegExp(`(?<![\\w@/])gossamer (?=(?:${names}|COMMAND)\\b|\\[)`, 'g'), `${PROGRAM} `);
}

function complain(error: unknown, shell: Shell, isVerbose: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.finished;
    if (error.code !== 'commander.help') tell(shell.err, `gossamer: ${sentence(error.message)}`);
    return EXIT.usage;
  }
  if (systemName(error) === 'EPIPE') return EXIT.finished;
  const what = error instanceof ArchiveAway ? 'the archive is not at its place' : 'the machine failed';
  const told = troubleOf(error) === null ? error : asMachineError(error, what);
  const [first, ...others] = (told instanceof Error ? told.message : String(told)).split('\n');
  tell(shell.err, `gossamer: ${first}`);
  for (const line of others) tell(shell.err, line);
  // A refusal of the system (an unreadable file) is not our mistake either.
  const isOurs = !(told instanceof GossamerError) && systemName(told) === null;
  if (isVerbose || isOurs) for (const line of detailsOf(told)) tell(shell.err, line);
  if (told instanceof MachineError) return EXIT.machine;
  return isOurs ? EXIT.fatal : EXIT.usage;
}

// Commander prints "error: unknown option '--x'" and its suggestion on a second line.
function sentence(message: string): string {
  const said = message.replace(/^error: /, '').replace(/\n\s*/g, ' ');
  return /[.?)]$/.test(said) ? said : `${said}.`;
}

function detailsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const lines = (error.stack ?? '').split('\n').slice(1);
  return error.cause instanceof Error
    ? [...lines, `caused by ${error.cause.message}`, ...detailsOf(error.cause)]
    : lines;
}
