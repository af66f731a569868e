// A thread that makes pages into Markdown files, one after the other, and says of each that it is there.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
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
    // On its way an error loses what the system called it.
    const { message, code, errno, syscall } = error as NodeJS.ErrnoException;
    parentPort!.postMessage({ message, code, errno, syscall });
  }
});
