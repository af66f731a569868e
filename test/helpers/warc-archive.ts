// An archive of its own, on each of the hosts that a writer may have.

import { mkdirSync } from 'node:fs';
import type { ArchiveWriter } from '../../src/archive/deposit.ts';
import { createGrowingWriter } from '../../src/archive/growing-writer.ts';
import { createThreadWriter } from '../../src/archive/thread-writer.ts';
import { createWarcArchive, type WarcArchiveOptions } from '../../src/archive/warc-archive.ts';
import {
  createWarcWriter,
  newWriterState,
  type WriterParts,
  type WriterSettings,
} from '../../src/archive/warc-writer.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { Archive } from '../../src/base/contracts.ts';
import { NO_PATIENCE } from '../../src/base/room.ts';

export const HOSTS = ['loop', 'thread', 'growing'] as const;
export type Host = (typeof HOSTS)[number];

const WRITERS: Readonly<Record<Host, (settings: WriterSettings, parts: WriterParts) => ArchiveWriter>> = {
  loop: createWarcWriter,
  thread(settings, parts) {
    const writer = createThreadWriter(settings, parts);
    writer.begin(newWriterState());
    return writer;
  },
  growing: (settings, parts) => createGrowingWriter(settings, parts, 1),
};

export type MadeOptions = Partial<WriterSettings & WriterParts & WarcArchiveOptions> & { readonly folder: string };

/** The folder is made where it is missing. */
export function makeArchive(host: Host, options: MadeOptions): Archive {
  const { clock = systemClock, room = NO_PATIENCE, bodyBytesMax = 10_000_000, earlier, withLinks, ...more } = options;
  mkdirSync(more.folder, { recursive: true });
  const settings: WriterSettings = {
    ...{ prefix: 'a', compression: 'gzip', level: 3, facts: [], secrets: new Set(), startedAt: 1_700_000_000_000 },
    ...more,
  };
  const decided = { bodyBytesMax, ...(earlier && { earlier }), ...(withLinks && { withLinks }) };
  return createWarcArchive(WRITERS[host](settings, { clock, room }), decided);
}
