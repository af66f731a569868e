// Converts a WARC file with another compression to gzip members, which every replay tool reads, and its index lines to
// match.

import { gzipSync } from 'node:zlib';
import { cdxjLine, indexedOf } from '../../archive/cdxj.ts';
import { isPacked } from '../../archive/packed.ts';
import { storedMember } from '../../archive/stored-member.ts';
import { readWarc } from '../../archive/warc-reader.ts';

export interface GzipMembers {
  readonly name: string;
  readonly chunks: Generator<Buffer>;
  /** The sorted index lines; complete after all chunks were taken. */
  readonly lines: () => Generator<string>;
}

/** Converts the records before `end`; damaged ones are left out. */
export function gzipMembers(path: string, file: string, end: number): GzipMembers {
  const name = file.replace(/\.warc(\.\w+)?$/, '.warc.gz');
  const lines: string[] = [];
  function* chunks(): Generator<Buffer> {
    let offset = 0;
    for (const found of readWarc(path)) {
      if (found.offset >= end) return;
      if ('damage' in found) continue;
      const member = isPacked(found.block) ? storedMember(found.bytes) : gzipSync(found.bytes);
      const indexed = indexedOf(found);
      if (indexed !== null) lines.push(cdxjLine(indexed, { file: name, offset, length: member.length }));
      offset += member.length;
      yield member;
    }
  }
  return { name, chunks: chunks(), lines: () => lines.sort().values() as Generator<string> };
}
