// Properties that are tried with random values: the same in each run of the tests, others with GOSSAMER_SEED. What
// fails prints its seed.

import { crc32 } from 'node:zlib';
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['GOSSAMER_SEED'] ?? crc32('properties')) });

export { fc };
