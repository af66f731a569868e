// The command line from source, as a process of its own: `node test/helpers/run-cli.ts crawl ...`.

import { main } from '../../src/cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
