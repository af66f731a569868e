// Asks a person at a terminal. What is secret is not shown.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from '../base/errors.ts';
import { plain } from './plain.ts';
import type { Shell } from './shell.ts';

export interface Prompt extends Disposable {
  /** Throws UsageError where nobody can answer. */
  ask(what: string, isSecret: boolean): Promise<string>;
}

export function createPrompt(shell: Shell): Prompt {
  let isSilent = false;
  const echo = new Writable({
    write(chunk, _, done) {
      if (!isSilent) shell.err.write(chunk);
      done();
    },
  });
  let lines: ReturnType<typeof createInterface> | null = null;
  return {
    ask(what, isSecret) {
      if ((shell.in as { readonly isTTY?: boolean }).isTTY !== true) {
        const advice = `give it with --form ${what}=VALUE or, if it is secret, --form ${what}=@FILE`;
        return Promise.reject(new UsageError(`The form asks for ${what}, and there is no terminal: ${advice}.`));
      }
      lines ??= createInterface({ input: shell.in, output: echo, terminal: true });
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      lines.once('close', () => reject(new UsageError(`Nothing was said for ${what}.`)));
      // It is the prompt of the reader: anything else on the line is gone when that draws it anew.
      lines.question(`${plain(what)}: `, (answer) => {
        if (isSilent) shell.err.write('\n');
        isSilent = false;
        resolve(answer);
      });
      isSilent = isSecret;
      return promise;
    },
    [Symbol.dispose]: () => lines?.close(),
  };
}
