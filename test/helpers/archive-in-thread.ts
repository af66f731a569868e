// Imported before a crawl, here or in a process that is started from here (`node --import`): the archive is written in
// a thread from the first exchange on, and not only once there are many.

import { registerHooks } from 'node:module';
import { BUILT } from './built.ts';

const THREAD_ONLY = `
  import { createThreadWriter } from './thread-writer.ts';
  import { newWriterState } from './warc-writer.ts';
  export function createGrowingWriter(settings, parts) {
    const writer = createThreadWriter(settings, parts);
    writer.begin(newWriterState());
    return writer;
  }
`;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    return url.endsWith('/archive/growing-writer.ts') ? { ...loaded, source: THREAD_ONLY } : loaded;
  },
});
// What is built has no file of this name.
delete process.env[BUILT];
process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${import.meta.url}`;
