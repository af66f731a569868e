// Where the archive is kept.

import type { Kind } from './values.ts';

export const archiveKind: Kind = {
  is: 'text',
  pattern: /^(?:s3:\/\/[a-z0-9][\w.-]{1,61}[a-z0-9](?:\/[^\s\\?#]*)?|(?!-$)(?!\w+:\/\/)(?=.*\S)[^\0]+)$/is,
  expected: 'the name of a folder, or s3://BUCKET/PREFIX',
};
