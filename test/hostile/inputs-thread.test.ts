// What inputs.test.ts asks for, of an archive that is written in a thread.

import '../helpers/archive-in-thread.ts';

await import('./inputs.test.ts');
