// Several command lines, one after another in one process: `node test/helpers/run-several.ts '[["status",
// "job"], ...]'`. After each, stderr has its exit code.

import { loadMain } from './built.ts';

const { main } = await loadMain();

// Each command listens for a reader that leaves.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
for (const args of JSON.parse(process.argv[2]!) as string[][]) {
  const code = await main(args);
  process.stderr.write(`= ${args[0]} ${code}\n`);
}
