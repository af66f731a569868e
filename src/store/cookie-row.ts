// A cookie as a row of the job's database. All of it is one text, beside what the database itself asks for.

import { type Cookie, cookieKey, type SiteCookie } from '../base/cookies.ts';

/** The columns of the table and what is in them. */
export function cookieRow({ site, cookie }: SiteCookie): [site: string, key: string, text: string] {
  return [site, cookieKey(cookie), JSON.stringify(cookie)];
}

export function cookieOfRow([site, text]: readonly [site: string, text: string]): SiteCookie {
  return { site, cookie: JSON.parse(text) as Cookie };
}
