// Reads a .netrc, as curl does: words between white space, some of them in quotes, comments, and macros, which end with
// an empty line.

import { NETRC_LOGINS_MAX } from '../base/limits-of-logins.ts';
import type { MachineLogin } from './request-fields.ts';

const WORD = /\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/sy;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** What is wrong with the file. */
export class NetrcFault extends Error {}

/**
 * The logins in the order in which they count: of two for one machine the first. After `default` nothing counts. Words
 * that are not known are left out.
 * Throws NetrcFault.
 */
export function readNetrc(text: string): MachineLogin[] {
  const logins: MachineLogin[] = [];
  let login: { machine: string | null; user: string; password: string } | null = null;
  const end = (): void => {
    if (login !== null && login.user !== '') logins.push(login);
    login = null;
  };
  const words = wordsIn(text);
  const after = (key: string, line: number): string => {
    const { value, done } = words.next();
    if (done === true) throw new NetrcFault(`line ${line}: nothing follows ${JSON.stringify(key)}`);
    if (/\p{Cc}/u.test(value.word)) throw new NetrcFault(`line ${line}: there is a control character in the ${key}`);
    return value.word;
  };
  for (const { word, line } of words) {
    const key = word.toLowerCase();
    if (key === 'machine' || key === 'default') {
      end();
      if (logins.at(-1)?.machine === null || logins.length >= NETRC_LOGINS_MAX) break;
      const machine = key === 'default' ? null : after(key, line).toLowerCase();
      login = { machine, user: '', password: '' };
    } else if (key === 'login' || key === 'password' || key === 'account') {
      const value = after(key, line);
      if (login !== null && key === 'login') login.user = value;
      if (login !== null && key === 'password') login.password = value;
    }
  }
  end();
  if (logins.length === 0) throw new NetrcFault('it has no login of a machine: machine NAME login USER password PASS');
  return logins;
}

/** The words outside of comments and macros. */
function* wordsIn(text: string): Generator<{ readonly word: string; readonly line: number }, undefined> {
  let isMacro = false;
  let line = 0;
  for (const written of text.split(/\r?\n/)) {
    line += 1;
    if (isMacro) isMacro = written.trim() !== '';
    else
      for (WORD.lastIndex = 0; ; ) {
        const found = WORD.exec(written);
        // A quoted word may have a # within.
        if (found === null || found[2]?.startsWith('#')) break;
        const at = WORD.lastIndex;
        const word = found[2] ?? found[1]!.replace(/\\(.)/gs, (_, each: string) => ESCAPES[each] ?? each);
        isMacro = found[2]?.toLowerCase() === 'macdef';
        if (isMacro) break;
        yield { word, line };
        WORD.lastIndex = at;
      }
  }
}
