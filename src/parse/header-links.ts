// The links in the header of a response: Link, and Refresh, which redirects as the meta element of that name does.

import type { Link, ParseContext } from '../base/contracts.ts';
import { asciiUrl } from '../base/headers.ts';
import { leadsToPage } from '../base/link-kind.ts';
import { refreshTarget } from './html/refresh.ts';
import { isFit, type Join, type UnkeptCounts } from './join-links.ts';
import { linksOfHeader } from './link-header.ts';
import { kindOfRel } from './link-kinds.ts';

/** The links of the header, joined to the page's URL even if the page has another base (RFC 8288, section 3.1). */
export function headerLinks(
  { linkHeaders = [], refreshes = [] }: ParseContext,
  join: Join,
  requisites: boolean,
  unkept: UnkeptCounts,
): Link[] {
  const links: Link[] = [];
  const add = (target: string, link: Omit<Link, 'url' | 'element'>): void => {
    const url = join(asciiUrl(target));
    if (url !== null && isFit(url, unkept)) links.push({ ...link, url, element: 'header' });
  };
  for (const { target, rel, type } of linkHeaders.flatMap(linksOfHeader)) {
    const kind = kindOfRel(rel, type) ?? 'metadata';
    if (requisites || leadsToPage(kind)) add(target, { kind, rel });
  }
  for (const value of refreshes) {
    const next = refreshTarget(value);
    if (next !== null) add(next, { kind: 'refresh', rel: '' });
  }
  return links;
}
