// A job of a few pages, and copies of it whose archive says what no crawl writes.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { constants, crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { crawledTo, jobFolders } from './job-folders.ts';
import { makeLinks, pagesAnswer, serveSite } from './site.ts';

export const newFolder = jobFolders('archives');
export const MB = 1024 * 1024;
export const PAGES = 6;

export const { folder: made, root } = await (async () => {
  const folder = newFolder();
  await using site = await serveSite(pagesAnswer(makeLinks(1, PAGES, 2)));
  await crawledTo(folder, site.root);
  return { folder, root: site.root };
})();

export interface Copy {
  readonly job: string;
  /** The archive's file. */
  readonly path: string;
  readonly db: (change: (db: DatabaseSync) => void) => void;
}

export function copied(): Copy {
  const job = newFolder();
  cpSync(made, job, { recursive: true });
  const name = readdirSync(join(job, 'archive')).find((each) => each.includes('.warc'))!;
  return {
    job,
    path: join(job, 'archive', name),
    db(change) {
      const db = new DatabaseSync(join(job, 'gossamer.db'));
      change(db);
      db.close();
    },
  };
}

export interface Place {
  readonly url: number;
  readonly offset: number;
  readonly length: number;
}

/** The places of the rows, in the order of the file. */
export function placesIn(job: string): Place[] {
  const db = new DatabaseSync(join(job, 'gossamer.db'), { readOnly: true });
  const sql = 'SELECT url, archive_offset AS offset, archive_length AS length FROM outcomes ORDER BY archive_offset';
  const places = db.prepare(sql).all() as unknown as Place[];
  db.close();
  return places.map((place) => ({ ...place }));
}

/** Puts another member in the place of a row's record, and moves what is behind it. */
export function replaced({ path, job, db }: Copy, nth: number, make: (member: Buffer) => Buffer): Place {
  const bytes = readFileSync(path);
  const place = placesIn(job)[nth]!;
  const { url, offset, length } = place;
  const member = make(bytes.subarray(offset, offset + length));
  writeFileSync(path, Buffer.concat([bytes.subarray(0, offset), member, bytes.subarray(offset + length)]));
  db((open) => {
    const moved = 'UPDATE outcomes SET archive_offset = archive_offset + ? WHERE archive_offset > ?';
    open.prepare(moved).run(member.length - length, offset);
    open.prepare('UPDATE outcomes SET archive_length = ? WHERE url = ?').run(member.length, url);
  });
  rmSync(join(job, 'indexes'), { recursive: true, force: true });
  return { ...place, length: member.length };
}

/** A gzip member of this record with that many megabytes behind its head, made without having them in memory. */
export function bomb(head: Buffer, megabytes: number, fill = '\0'): Buffer {
  const filled = Buffer.alloc(MB, fill);
  const options = { finishFlush: constants.Z_FULL_FLUSH };
  const piece = deflateRawSync(filled, options);
  let checksum = crc32(head);
  for (let at = 0; at < megabytes; at += 1) checksum = crc32(filled, checksum);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(checksum);
  end.writeUInt32LE((head.length + megabytes * MB) % 2 ** 32, 4);
  const pieces = Array.from({ length: megabytes }, () => piece);
  const start = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  return Buffer.concat([start, deflateRawSync(head, options), ...pieces, deflateRawSync(''), end]);
}

/** The head of the record in the member, which then declares this length. */
export function headOf(member: Buffer, declared: number | string): Buffer {
  const record = gunzipSync(member).toString('latin1');
  const head = record.slice(0, record.indexOf('\r\n\r\n') + 4);
  const other = head.replace(/^WARC-(Block|Payload)-Digest: .*\r\n/gm, '');
  return Buffer.from(other.replace(/^Content-Length: \d+/m, `Content-Length: ${declared}`), 'latin1');
}
