// JSON Feed, version 1 and 1.1 (jsonfeed.org/version/1.1).

import type { LinkKind } from '../../base/contracts.ts';
import { LINKS_PER_ENTRY_MAX, SITEMAP_ENTRIES_MAX } from '../../base/limits.ts';
import type { Join } from '../join-links.ts';
import type { OnListed } from './listed.ts';

type Json = {
  readonly [name in
    | 'version'
    | 'items'
    | 'next_url'
    | 'url'
    | 'external_url'
    | 'date_modified'
    | 'date_published'
    | 'attachments']?: unknown;
};

/** Reads the links of a feed; false if the text is not a feed. */
export function readJsonFeed(text: string, join: Join, onListed: OnListed): boolean {
  const feed = parsed(text);
  if (feed === null || typeof feed.version !== 'string' || !feed.version.includes('jsonfeed.org/version/'))
    return false;
  const give = (href: unknown, kind: LinkKind, element: string, modified: unknown = null): void => {
    const url = typeof href === 'string' && href !== '' ? join(href) : null;
    if (url === null || !/^https?:/.test(url)) return;
    const facts = modified === null ? null : { lastmod: textOf(modified), changefreq: '', priority: null };
    onListed({ url, kind, rel: '', element, facts });
  };
  for (const item of objectsIn(feed.items).slice(0, SITEMAP_ENTRIES_MAX)) {
    give(item.url, 'navigation', 'url', item.date_modified ?? item.date_published ?? '');
    give(item.external_url, 'navigation', 'external_url');
    for (const attachment of objectsIn(item.attachments).slice(0, LINKS_PER_ENTRY_MAX)) {
      give(attachment.url, 'requisite', 'attachment');
    }
  }
  give(feed.next_url, 'feed', 'next_url');
  return true;
}

function parsed(text: string): Json | null {
  try {
    return objectsIn([JSON.parse(text)])[0] ?? null;
  } catch {
    return null;
  }
}

function objectsIn(list: unknown): Json[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'object' && each !== null) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64) : '';
}
