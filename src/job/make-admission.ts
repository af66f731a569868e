// What belongs to a job, by its options.

import type { Clock } from '../base/clock.ts';
import { createPauses } from '../base/pauses.ts';
import { type Admission, type AdmissionRules, createAdmission } from '../crawl/admission.ts';
import { createRedirectOf, type RedirectOf } from '../crawl/returning.ts';
import type { CrawlOptions } from '../options/options.ts';
import { requestFields } from '../options/request-fields.ts';
import { tellOfRoots } from '../options/root-url.ts';
import type { Store } from '../store/store.ts';
import { writtenKeyOfJob } from '../url/key.ts';
import { createScope } from '../url/scope.ts';
import type { Cookies } from './cookies.ts';
import { createSecondLook } from './second-look.ts';

export interface Admitting {
  readonly admission: Admission;
  /** Judges once more what was left out when less was in scope. Resolves to true if it has queued anything. */
  readonly lookAgain: () => Promise<boolean>;
  readonly redirectOf: RedirectOf;
}

export async function makeAdmission(
  options: CrawlOptions,
  { ledger, frontier, worker }: Pick<Store, 'ledger' | 'frontier' | 'worker'>,
  { changedAt }: Pick<Cookies, 'changedAt'>,
  onSkip: AdmissionRules['onSkip'],
  clock: Clock,
): Promise<Admitting> {
  const scope = createScope(options);
  const learn = (): Promise<void> => tellOfRoots(scope, ledger, options, createPauses(clock));
  await learn();
  const keyOf = writtenKeyOfJob(await ledger.job.identity());
  const admission = createAdmission({
    ...{ ...options, scope, keyOf, onSkip },
    hasCredentials: isLetIn(options),
    cookiesChangedAt: changedAt,
  });
  const learnFromOthers = worker === null ? null : learn;
  const { redirectsMax } = options;
  return {
    admission,
    lookAgain: createSecondLook({ ledger, frontier, admission, scope, learnFromOthers, clock }),
    redirectOf: createRedirectOf({ admission, find: ledger.rows.find, cookiesChangedAt: changedAt, redirectsMax }),
  };
}

/** The user gave what opens doors, so a link that closes them is not followed. */
function isLetIn(options: CrawlOptions): boolean {
  const { secrets, logins } = requestFields(options);
  const isInFile = options.cookieFile !== null || options.netrc || options.netrcFile !== null;
  return isInFile || secrets.headers.length + secrets.own.size + logins.size > 0;
}
