// Why a URL gave no response, as a sentence.

import type { SkipReason } from '../base/errors.ts';
import { ERRORS } from '../views/report/words.ts';
import type { Answered } from './ask.ts';

const REFUSALS: Readonly<Partial<Record<SkipReason, string>>> = {
  address: 'its address is private and no root has it; --allow-private allows it',
  port: 'its port is unusual for the web; --allow-port allows it',
  scheme: 'it is neither http nor https',
  'url-length': 'it is longer than servers accept',
};

/** `refused: http://h/: nothing listens on that port (connect ECONNREFUSED 127.0.0.1:1).`; null if nothing failed. */
export function failureText({ last, error, reason }: Answered): string | null {
  const code = reason ?? error;
  if (code === null) return null;
  const why = reason === null ? ERRORS[error!] : (REFUSALS[reason] ?? 'it is not asked for');
  return `${code}: ${last.url}: ${why}${last.detail === '' || reason !== null ? '' : ` (${last.detail})`}.`;
}
