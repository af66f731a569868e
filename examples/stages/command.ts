// How every stage is called and what it says at the end, so that four programs can be held against each other.

import { parseArgs } from 'node:util';
import { isPage, type Response } from './http.ts';

const CONNECTIONS_MAX = 20_000;

export interface Command {
  readonly roots: readonly string[];
  readonly connections: number;
  /** A line for each URL. */
  readonly isVerbose: boolean;
  /** The stack trace of each failure. */
  readonly showsStacks: boolean;
}

/** Reads the command line. If it is wrong, prints the usage and exits with 2. */
export function readCommand(): Command {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        connections: { type: 'string', short: 'c', default: '10' },
        verbose: { type: 'boolean', short: 'v', default: false },
        stacks: { type: 'boolean', default: false },
      },
    });
    const connections = Number(values.connections);
    if (!Number.isInteger(connections) || connections < 1 || connections > CONNECTIONS_MAX) {
      throw new Error(`-c takes 1 to ${CONNECTIONS_MAX} connections, not ${values.connections}`);
    }
    if (positionals.length === 0) throw new Error('a root is missing');
    return { roots: positionals.map(rootOf), connections, isVerbose: values.verbose, showsStacks: values.stacks };
  } catch (error) {
    console.error(`${(error as Error).message}\nusage: node STAGE.ts [-c CONNECTIONS] [-v] [--stacks] ROOT...`);
    return process.exit(2);
  }
}

/** The stages ask for no robots.txt and keep no pace, so they may be let loose on one's own machine only. */
function rootOf(word: string): string {
  const url = URL.parse(word);
  const isOwn = url?.protocol === 'http:' && /^(127(\.\d+){3}|localhost)$/.test(url.hostname);
  if (!isOwn) throw new Error(`a root is http://127.0.0.1:PORT/ or http://localhost:PORT/, not ${word}`);
  url.hash = '';
  return url.href;
}

/** Counts what became of each URL, and says so. */
export class Tally {
  readonly #command: Command;
  readonly #start = performance.now();
  readonly #statuses: Record<string, number> = {};
  readonly #failures: Record<string, number> = {};
  #pages = 0;
  #open = 0;
  #peak = 0;

  constructor(command: Command) {
    this.#command = command;
  }

  started(): void {
    this.#open += 1;
    this.#peak = Math.max(this.#peak, this.#open);
  }

  /** `more` is what else there is to say of this URL. */
  ended(url: string, response: Response, more = ''): void {
    this.#open -= 1;
    this.#statuses[response.status] = (this.#statuses[response.status] ?? 0) + 1;
    if (isPage(response)) this.#pages += 1;
    if (this.#command.isVerbose) console.log(`${response.status} ${url}${more}`);
  }

  failed(url: string, error: unknown, more = ''): void {
    this.#open -= 1;
    const kind = kindOf(error);
    this.#failures[kind] = (this.#failures[kind] ?? 0) + 1;
    if (this.#command.isVerbose) console.log(`${kind} ${url}${more}`);
    if (this.#command.showsStacks) console.error((error as Error).stack);
  }

  /** The last line is for programs. */
  print(more: object = {}): void {
    const elapsedMs = Math.round(performance.now() - this.#start);
    const [statuses, failures] = [this.#statuses, this.#failures];
    console.log(JSON.stringify({ pages: this.#pages, statuses, failures, peak: this.#peak, elapsedMs, ...more }));
  }
}

function kindOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const word = code ?? message;
  if (word === 'ECONNREFUSED') return 'refused';
  return word === 'ECONNRESET' || word === 'EPIPE' ? 'reset' : word;
}
