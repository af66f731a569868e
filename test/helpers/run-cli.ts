// The command line as a process of its own: `node test/helpers/run-cli.ts crawl ...`.

import { loadMain } from './built.ts';

const { main } = await loadMain();
process.exitCode = await main(process.argv.slice(2));
