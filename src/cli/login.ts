// gossamer login <url>

import type { Command } from 'commander';
import { UsageError } from '../base/errors.ts';
import { NAMED_FILE_BYTES_MAX } from '../base/limits-of-lines.ts';
import { whyUnread } from '../base/machine.ts';
import { type AskField, logIn } from '../job/assemble.ts';
import { wholeText } from '../options/named-file.ts';
import { addRequestOptions } from './ask.ts';
import { EXIT } from './exit.ts';
import { createPrompt } from './prompt.ts';
import { type Manner, printJson, type Shell, tell } from './shell.ts';

const EXAMPLES = `
It reads the page, fills in the form that asks for a password, sends it, follows its redirects, and keeps the cookies. Fields
that the page has filled in, hidden ones too, are sent as they are. What is missing is asked for; a password is not shown.

Examples:
  gossamer login https://example.com/login --save cookies.txt
  gossamer login https://example.com/login --save cookies.txt --form user=me --form password=@password.txt
  gossamer crawl https://example.com/members/ --cookies cookies.txt

Exit codes: 0 the cookies are saved; 1 nobody was let in, and nothing is saved; 2 wrong usage, or a page without a login.`;

interface LoginManner extends Manner {
  readonly save?: string;
  readonly form: readonly string[];
}

export function addLogin(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command
    .argument('<url>', 'the page with the form')
    .option('--save <file>', 'write the cookies to this file, as --save-cookies does')
    .option(
      '--form <name=value>',
      'what to put into a field of the form; name=@FILE takes the first line of a file; may be repeated',
      (text: string, before: readonly string[]) => [...before, text],
      [] as readonly string[],
    )
    .addHelpText('after', EXAMPLES);
  const optionsFor = addRequestOptions(command, shell);
  return command.action(async (url: string, manner: LoginManner) => {
    const options = optionsFor(url);
    const file = manner.save ?? options.saveCookies;
    if (file === null) throw new UsageError('No file is given for the cookies: give one with --save FILE.');
    if (!options.cookies) throw new UsageError('login and --no-cookies exclude each other.');
    using prompt = createPrompt(shell);
    const ask: AskField = ({ name, isPassword }) => prompt.ask(name, isPassword);
    const answer = await logIn({ ...options, saveCookies: file }, fieldsOf(manner.form), ask);
    const { failure, ...page } = answer;
    if (manner.json === true) await printJson(shell, { ...page, saved: failure === null ? file : null, failure });
    else if (failure === null && manner.quiet !== true)
      tell(shell.err, `Let in at ${page.url}. The cookies are in ${file}: give them with --cookies ${file}`);
    if (failure !== null) tell(shell.err, `gossamer: ${failure}`);
    finish(failure === null ? EXIT.finished : EXIT.fatal);
  });
}

function fieldsOf(given: readonly string[]): Map<string, string> {
  return new Map(
    given.map((text) => {
      const equals = text.indexOf('=');
      // What stands behind the name may be a password.
      if (equals < 1) throw new UsageError('--form: give a field as NAME=VALUE or NAME=@FILE.');
      const value = text.slice(equals + 1);
      return [text.slice(0, equals), value.startsWith('@') ? lineIn(value.slice(1)) : value];
    }),
  );
}

function lineIn(file: string): string {
  try {
    return wholeText(file, NAMED_FILE_BYTES_MAX).split(/\r?\n/)[0]!;
  } catch (cause) {
    throw new UsageError(`--form: ${file} cannot be read: ${whyUnread(cause)}.`, { cause });
  }
}
