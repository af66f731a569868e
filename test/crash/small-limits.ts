// Loaded before a crawl (`node --import`): some bounds of src/base/limits.ts become small, so that a short crawl comes
// to what only a long one would: files of the archive that are full, a log of the database that is written back, bodies
// that go through a file, and an end of patience with a disk. The code is the same.

import { registerHooks } from 'node:module';

const SMALL: Readonly<Record<string, string>> = {
  WARC_BYTES_MAX: '150_000',
  WAL_PAGES_MAX: '24',
  BODY_IN_MEMORY_BYTES_MAX: '32_768',
  ROOM_PATIENCE_MS: '400',
  ROOM_PAUSE_MS: '40',
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!/\/base\/limits\.[jt]s$/.test(url)) return loaded;
    let source = String(loaded.source);
    for (const [name, value] of Object.entries(SMALL)) {
      const bound = new RegExp(`(export const ${name}(?:: number)? = )[^;]+;`);
      if (!bound.test(source)) throw new Error(`small-limits: src/base/limits.ts has no ${name}`);
      source = source.replace(bound, `$1${value};`);
    }
    return { ...loaded, source };
  },
});
