// A chain of redirects that comes back: A leads to B, and B sets a cookie and leads to A again. A is settled by then,
// and what it has for whoever brings the cookie is what the chain leads to. So B goes on with A as another form of
// itself, as a URL does that redirects to itself for a cookie.

import type { Lease, Outcome } from '../base/contracts.ts';
import type { Row } from '../base/ledger.ts';
import { hostOf } from '../url/host.ts';
import type { Admission, Redirect } from './admission.ts';

export interface ReturningParts {
  readonly admission: Pick<Admission, 'redirect'>;
  /** The row of a URL; null if there is none. */
  readonly find: (url: string) => Promise<Pick<Row, 'id' | 'redirectTo'> | null>;
  /** When the cookies that go to a URL last changed, in wall time. */
  readonly cookiesChangedAt: (url: string) => number;
  readonly redirectsMax: number;
}

export type RedirectOf = (lease: Lease, outcome: Outcome) => Redirect | Promise<Redirect>;

/** Where a response redirects, as `Admission` says it, but for a chain that comes back with a new cookie. */
export function createRedirectOf({ admission, find, cookiesChangedAt, redirectsMax }: ReturningParts): RedirectOf {
  /** Whether the redirects of the URL lead to this row. */
  const leadsTo = async (url: string, id: number): Promise<boolean> => {
    let next: string | null = url;
    for (let hops = 0; next !== null && hops <= redirectsMax; hops += 1) {
      const row: Pick<Row, 'id' | 'redirectTo'> | null = await find(next);
      if (hops > 0 && row?.id === id) return true;
      next = row?.redirectTo ?? null;
    }
    return false;
  };
  return (lease, outcome) => {
    const redirect = admission.redirect(lease, outcome);
    const to = redirect.target?.url;
    // A form of this row that was asked already is what the cookie was for.
    if (to === undefined || lease.forms.length > 0 || hostOf(to) !== lease.host) return redirect;
    if (cookiesChangedAt(to) < outcome.startedAt) return redirect;
    return leadsTo(to, lease.id).then((isBack) => (isBack ? { ...redirect, target: null, form: to } : redirect));
  };
}
