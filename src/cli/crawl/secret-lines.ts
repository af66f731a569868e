// What the user should know about header fields that may be secrets and go to every host.

import { soundsSecret } from '../../base/secrets.ts';
import type { CrawlOptions } from '../../options/options.ts';
import { requestFields } from '../../options/request-fields.ts';

/** A line for each field that sounds like a secret and is sent to all hosts. */
export function secretLines({ headers, secretHeaders }: Pick<CrawlOptions, 'headers' | 'secretHeaders'>): string[] {
  const open = requestFields({ roots: [], headers, secretHeaders, auth: [] }).headers;
  const names = new Set(open.filter((name, at) => at % 2 === 0 && soundsSecret(name)));
  return [...names].map(
    (name) =>
      `${name} goes to every host of this crawl and into the archive. If it is a secret, add --secret-header ${name}: then the origins of the roots alone get it.`,
  );
}
