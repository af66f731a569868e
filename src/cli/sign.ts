// gossamer sign

import type { Command } from 'commander';
import { UsageError } from '../base/errors.ts';
import { signatureDirectory, signerOf } from '../job/signing.ts';
import { readOptions } from '../options/read-options.ts';
import { rootUrl } from '../options/root-url.ts';
import { EXIT } from './exit.ts';
import { addOptions } from './flags.ts';
import { type Manner, printJson, printLines, type Shell } from './shell.ts';

const EXAMPLES = `
A crawl with --sign-key signs each request (RFC 9421), so that a server can tell who crawls. It finds the key in the directory
of your site: put the document of --directory there, at /.well-known/http-message-signatures-directory, with the type
application/http-message-signatures-directory+json, and name the site with --sign-agent.

Examples:
  openssl genpkey -algorithm ed25519 -out bot.pem
  gossamer sign --directory --sign-key bot.pem > http-message-signatures-directory
  gossamer crawl https://example.com --sign-key bot.pem --sign-agent https://bot.example
  gossamer sign https://example.com --sign-key bot.pem

With a URL it prints the fields of one request, which hold for five minutes.
Exit codes: 0 it is printed; 2 wrong usage.`;

interface SignManner extends Manner {
  readonly directory?: boolean;
}

export function addSign(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command
    .argument('[url]', 'the URL of a request')
    .option('--directory', 'print the document with the public half of the key')
    .addHelpText('after', EXAMPLES);
  const typed = addOptions(command, ['signKey', 'signAgent']);
  return command.action(async (url: string | undefined, manner: SignManner) => {
    const options = readOptions([url ?? 'localhost'], typed, shell.environment);
    if (options.signKey === null) throw new UsageError('No key is given: give its file with --sign-key FILE.');
    if ((url === undefined) === (manner.directory !== true))
      throw new UsageError('Give a URL, or --directory for the document with the public half of the key.');
    if (manner.directory === true) await printJson(shell, await signatureDirectory(options.signKey));
    else {
      const sign = (await signerOf(options))!;
      const fields = sign(new URL(rootUrl(url)).host, shell.clock.wall());
      const lines = fields.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${fields[at + 1]}`] : []));
      if (manner.json === true) await printJson(shell, { headers: fields });
      else await printLines(shell, lines);
    }
    finish(EXIT.finished);
  });
}
