// Loaded before a command (`node --import`): when its process ends, it writes how many milliseconds of processor time
// the event loop's thread took to the file in LOOP_TIME_FILE. It is JavaScript, because to strip types takes memory that
// the command would not take.

import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['LOOP_TIME_FILE'];
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.threadCpuUsage();
    writeFileSync(file, String((user + system) / 1_000));
  });
}
