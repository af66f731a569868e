// Converts a WARC file with another compression to gzip members, which every replay tool reads, and its index lines to
// match.

import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { cdxjLine, indexedOf } from '../../archive/cdxj.ts';
import type { Holdings } from '../../archive/holdings.ts';
import { isPacked } from '../../archive/packed.ts';
import { storedStream } from '../../archive/stored-member.ts';
import type { WarcRecord } from '../../archive/warc-reader.ts';

export interface GzipMembers {
  readonly name: string;
  readonly chunks: AsyncGenerator<Buffer>;
  /** The sorted index lines; complete after all chunks were taken. */
  readonly lines: () => Iterator<string>;
}

/** Converts the records before `end`; damaged ones are left out. */
export function gzipMembers(holdings: Holdings, file: string, end: number): GzipMembers {
  const name = file.replace(/\.warc(\.\w+)?$/, '.warc.gz');
  const lines: string[] = [];
  async function* chunks(): AsyncGenerator<Buffer> {
    let offset = 0;
    for await (const found of holdings.records(file)) {
      if (found.offset >= end) return;
      if ('damage' in found) continue;
      const indexed = indexedOf(found);
      let length = 0;
      for await (const chunk of gzipped(found)) {
        length += chunk.length;
        yield chunk;
      }
      if (indexed !== null) lines.push(cdxjLine(indexed, { file: name, offset, length }));
      offset += length;
    }
  }
  return { name, chunks: chunks(), lines: () => lines.sort().values() };
}

function gzipped(record: WarcRecord): AsyncIterable<Buffer> {
  const source = Readable.from(record.pieces());
  return isPacked(record.block) ? storedStream(source) : pipeline(source, createGzip(), () => {});
}
