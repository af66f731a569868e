// Reads the challenges of WWW-Authenticate fields (RFC 9110, section 11.6.1). A field may have several, and a comma
// stands between challenges as well as between the parameters of one.

import { AUTH_PARAMETERS_MAX } from '../../base/limits-of-logins.ts';
import { createTextReader } from '../../base/text-reader.ts';

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By their names in lower case, without quotes. Empty if the challenge has a token instead. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const SPACE = /[ \t]*/y;
const EQUALS = /=/y;
const BETWEEN = /[\s,]*/y;
/** A token68, which stands in place of the parameters. */
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"?/sy;
/** A value that should be quoted, and is not. */
const BARE = /[^\s,"]*/y;

/** What cannot be read is left out. */
export function readChallenges(fields: readonly string[]): Challenge[] {
  return fields.flatMap(challengesIn);
}

/** The parameters of a field that has no scheme, as Authentication-Info. */
export function readParameters(field: string): ReadonlyMap<string, string> {
  return challengesIn(`x ${field}`)[0]?.parameters ?? new Map();
}

function challengesIn(field: string): Challenge[] {
  const challenges: { readonly scheme: string; readonly parameters: Map<string, string> }[] = [];
  const read = createTextReader(field);
  for (let count = 0; count < AUTH_PARAMETERS_MAX; count += 1) {
    read(BETWEEN);
    const name = read(TOKEN)?.[0].toLowerCase();
    if (name === undefined) break;
    read(SPACE);
    const last = challenges.at(-1);
    if (last === undefined || read(EQUALS) === null) {
      challenges.push({ scheme: name, parameters: new Map() });
      read(TOKEN68);
      continue;
    }
    read(SPACE);
    const value = read(QUOTED)?.[1]?.replace(/\\(.)/gs, '$1') ?? read(BARE)![0];
    // Of two with one name the first counts.
    if (!last.parameters.has(name)) last.parameters.set(name, value);
  }
  return challenges;
}
