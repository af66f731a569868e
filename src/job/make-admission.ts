// What belongs to a job, by its options.

import type { Ledger } from '../base/contracts.ts';
import { type Admission, type AdmissionRules, createAdmission } from '../crawl/admission.ts';
import type { CrawlOptions } from '../options/options.ts';
import { requestFields } from '../options/request-fields.ts';
import { tellOfRoots } from '../options/root-url.ts';
import { writtenKeyOfJob } from '../url/key.ts';
import { createScope } from '../url/scope.ts';
import type { Cookies } from './cookies.ts';

export async function makeAdmission(
  options: CrawlOptions,
  ledger: Ledger,
  { changedAt }: Pick<Cookies, 'changedAt'>,
  onSkip: AdmissionRules['onSkip'],
): Promise<Admission> {
  const scope = createScope(options);
  await tellOfRoots(scope, ledger, options);
  const keyOf = writtenKeyOfJob(await ledger.job.identity());
  return createAdmission({
    ...{ ...options, scope, keyOf, onSkip },
    hasCredentials: isLetIn(options),
    cookiesChangedAt: changedAt,
  });
}

/** The user gave what opens doors, so a link that closes them is not followed. */
function isLetIn(options: CrawlOptions): boolean {
  const { secrets, logins } = requestFields(options);
  const isInFile = options.cookieFile !== null || options.netrc || options.netrcFile !== null;
  return isInFile || secrets.headers.length + secrets.own.size + logins.size > 0;
}
