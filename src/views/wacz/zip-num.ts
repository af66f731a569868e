// Writes sorted index lines as ZipNum: gzip members with a fixed number of lines each, and a second index that says
// where each member begins. A reader then fetches only the member that it needs.

import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const gzipped = promisify(gzip);

const LINES_MAX = 1_024;

export interface ZipNum {
  /** The members, one after the other. */
  readonly members: AsyncGenerator<Buffer>;
  /** The second index; complete after all members were taken. */
  readonly index: () => string;
}

export function zipNum(lines: Iterable<string>, filename: string): ZipNum {
  const entries = [`!meta 0 ${JSON.stringify({ format: 'cdxj-gzip-1.0', filename })}`];
  let offset = 0;
  const member = async (group: readonly string[]): Promise<Buffer> => {
    // A member takes milliseconds; a thread of the pool makes it, and the event loop goes on.
    const bytes = await gzipped(group.map((line) => `${line}\n`).join(''));
    const place = { offset, length: bytes.length, digest: `sha256:${hash('sha256', bytes)}`, filename };
    // The key and the time of the member's first line.
    entries.push(`${group[0]!.split(' ', 2).join(' ')} ${JSON.stringify(place)}`);
    offset += bytes.length;
    return bytes;
  };
  async function* members(): AsyncGenerator<Buffer> {
    let group: string[] = [];
    for (const line of lines) {
      if (group.push(line) < LINES_MAX) continue;
      yield await member(group);
      group = [];
    }
    if (group.length > 0) yield await member(group);
  }
  return { members: members(), index: () => `${entries.join('\n')}\n` };
}
