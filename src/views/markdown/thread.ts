// A thread that writes pages as Markdown files, one after the other, and reports each.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { sentError } from '../../base/thread-error.ts';
import { type PageTask, pageMarkdown } from './page.ts';

let folder = '';

parentPort!.on('message', (task: PageTask) => {
  try {
    const own = dirname(task.file);
    if (own !== folder) mkdirSync(own, { recursive: true });
    folder = own;
    writeFileSync(task.file, pageMarkdown(task));
    parentPort!.postMessage(null);
  } catch (error) {
    parentPort!.postMessage(sentError(error));
  }
});
