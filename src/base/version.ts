// The version of this program, from its package.json.

import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

const manifest = JSON.parse(readFileSync(findPackageJSON(import.meta.url)!, 'utf8')) as { readonly version: string };

export const { version } = manifest;
