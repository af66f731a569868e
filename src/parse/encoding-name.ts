import { labelToName } from '@exodus/bytes/encoding-lite.js';

/** The name of the encoding that a label means, in lower case; undefined if it means none. */
export function encodingNamed(label: string | null): string | undefined {
  return label === null ? undefined : labelToName(label)?.toLowerCase();
}
