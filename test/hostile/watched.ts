// Loaded into a process before all else: writes to the file that GOSSAMER_WATCHED names how much memory the process
// ever had, and how long its event loop was ever held up. That is counted in processor time of its thread: what else
// the machine does holds up nothing of ours.

import { readFileSync, writeFileSync } from 'node:fs';

export interface Watched {
  readonly peakBytes: number;
  readonly stallMs: number;
}

const EVERY_MS = 5;

const file = process.env['GOSSAMER_WATCHED'];
if (file !== undefined) {
  let before = process.threadCpuUsage();
  let stallMs = 0;
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    stallMs = Math.max(stallMs, (user + system) / 1_000);
  };
  // Starting is no stall: nothing waits for it.
  setTimeout(() => {
    look();
    stallMs = 0;
    setInterval(look, EVERY_MS).unref();
  }, EVERY_MS).unref();
  process.on('exit', () => {
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    writeFileSync(file, JSON.stringify({ peakBytes: Number(peak) * 1024, stallMs } satisfies Watched));
  });
}
