// Writes docs/api/openapi.json from the table of the API's endpoints.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../src/serve/api/document.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'api');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
