// What error codes and reasons mean, as parts of sentences.

import type { ErrorCode, SkipReason } from '../../base/errors.ts';
import { showCountOf } from '../../base/figures.ts';
import { PROGRAM } from '../../base/program.ts';
import { excludingPattern } from '../../url/scope.ts';
import type { UrlStory } from './url-story.ts';

export const ERRORS: Readonly<Record<ErrorCode, string>> = {
  'dns-not-found': 'there is no such name, or it has no address that -4 or -6 allows',
  'dns-failure': 'the name could not be resolved',
  refused: 'nothing listens on that port',
  unreachable: 'there is no route to that address',
  'connect-timeout': 'the connection was not made in time',
  'proxy-failed': 'its proxy cannot be reached or does not work; --proxy names another one',
  'proxy-auth':
    'its proxy wants a user name and a password, or refuses the given ones: --proxy http://USER:PASS@HOST:PORT',
  'proxy-refused': 'its proxy refuses to connect to that host or port',
  'tls-timeout': 'the TLS handshake did not finish in time',
  'tls-expired': 'its certificate has expired, or the clock of this machine is wrong; --insecure accepts it',
  'tls-not-yet-valid': 'its certificate is not valid yet, or the clock of this machine is wrong; --insecure accepts it',
  'tls-wrong-host': 'its certificate is for another host; --insecure accepts it',
  'tls-self-signed': 'its certificate is self-signed; --insecure accepts it',
  'tls-unknown-issuer':
    'its certificate has no issuer that this machine trusts, or an intermediate certificate is missing; --ca names a file with more issuers, and --insecure accepts it',
  'tls-certificate': 'its certificate cannot be trusted for another reason; --insecure accepts it',
  'tls-protocol':
    'the TLS handshake failed: it speaks another protocol or a version of TLS that is not safe or less than --min-tls, or wants a certificate from us (--cert)',
  'first-byte-timeout': 'it was connected and sent nothing in time',
  'idle-timeout': 'it stopped sending in the middle of the response',
  'min-rate': 'the response came too slowly',
  'max-time': 'the response did not finish within --max-time',
  reset: 'the connection was reset',
  'tls-incomplete-chain': 'its TLS certificate comes without that of its issuer; --aia fetches what is missing',
  'not-processed': 'the server said again and again that it had not processed the request',
  disconnect: 'the connection was closed before the end of the response',
  'http-malformed': 'the response is not HTTP',
  'http-header-size': 'its headers are too large',
  decode: 'its content coding cannot be decoded',
  'redirect-loop': 'its redirects form a circle',
  'redirect-limit': 'it redirects more often than --max-redirects allows',
  machine: 'this machine could not do it',
  aborted: 'it was aborted',
};

/** Why a URL was not requested, with the values of the job. */
const REASONS: Readonly<Record<SkipReason, (story: UrlStory) => string>> = {
  scope: ({ identity }) => `it is outside the scope of the job: ${identity.scope} of ${identity.roots.join(', ')}`,
  excluded: ({ identity, url, detail }) => {
    if (detail !== null) return detail;
    const pattern = excludingPattern(identity, url);
    return pattern === null ? `no --include matches it: ${identity.include.join(' ')}` : `--exclude ${pattern}`;
  },
  depth: ({ identity, depth }) => `it is ${showCountOf(depth, 'link')} from a root, and --depth is ${identity.depth}`,
  robots: ({ host }) => {
    const status = host?.robots?.status ?? 0;
    if (status >= 500) return `robots.txt has status ${status}, which forbids everything`;
    const verdict = host?.robots?.verdict ?? null;
    if (verdict === null || verdict.text === '') return 'robots.txt forbade it';
    return verdict.line === 0 ? `robots.txt: ${verdict.text}` : `robots.txt, line ${verdict.line}: ${verdict.text}`;
  },
  nofollow: () => 'only nofollow links lead to it; --follow-nofollow follows them',
  logout: () => 'it looks like a logout',
  budget: () => 'its host has reached --host-limit',
  'url-length': ({ url }) => `it has ${showCountOf(url.length, 'character')}`,
  scheme: () => 'only http and https are asked for',
  port: () => 'its port is unusual for the web; --allow-port allows it',
  address: () => 'its address is private; --allow-private allows it',
  trap: () => `it looks like a trap, see the detail; ${PROGRAM} retry queues it all the same`,
  removed: ({ removedAt }) => `it was taken down at ${removedAt} by gossamer remove`,
};

/** Why the URL of the story was not requested, or what its error means; empty if there is nothing to tell. */
export function becauseOf(story: UrlStory): string {
  if (story.reason !== null) return REASONS[story.reason](story);
  return story.error === null ? '' : ERRORS[story.error];
}
