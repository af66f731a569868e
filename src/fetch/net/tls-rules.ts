// What the user wants of TLS beyond what is usual: issuers of one's own, a client certificate, a least version.

import type { SecureContext, SecureContextOptions } from 'node:tls';
import { UsageError } from '../../base/errors.ts';
import { lazily, onDemand } from '../../base/on-demand.ts';
import type { Origin } from './origins.ts';

const tls = onDemand<typeof import('node:tls')>('node:tls');

export interface TlsRules {
  /** Issuers to trust beside those of this machine, in PEM; null for no more. */
  readonly ca: string | null;
  /** Our own certificate with its key, in PEM; null without one. */
  readonly client: { readonly cert: string; readonly key: string } | null;
  /** The least version; null for the usual one. */
  readonly least: 'TLSv1.2' | 'TLSv1.3' | null;
}

/**
 * Makes the contexts of connections, each at the first need, because it loads the root certificates. The certificate is
 * for these origins alone.
 */
export function createContexts(
  rules: TlsRules | undefined,
  origins: ReadonlySet<string>,
): (origin: Origin) => SecureContext {
  const open = lazily(() => tls().createSecureContext(contextOf(rules, false)));
  const known = lazily(() => tls().createSecureContext(contextOf(rules, true)));
  const hasClient = rules !== undefined && rules.client !== null;
  return ({ key }) => (hasClient && origins.has(key) ? known() : open());
}

/** @throws UsageError if the certificates cannot be used. */
export function assertUsable(rules: TlsRules): void {
  try {
    tls().createSecureContext(contextOf({ ...rules, ca: null }, true));
  } catch (cause) {
    const why = (cause as Error).message;
    throw new UsageError(
      `--cert, --key: they cannot be used together (${why}): a certificate and its own key in PEM, without a passphrase.`,
      { cause },
    );
  }
  if (rules.ca !== null && !rules.ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new UsageError('--ca: the file has no certificate in PEM (-----BEGIN CERTIFICATE-----).');
  }
}

function contextOf(rules: TlsRules | undefined, withClient: boolean): SecureContextOptions {
  if (rules === undefined) return {};
  const { ca, client, least } = rules;
  return {
    ...(ca !== null && { ca: [...tls().getCACertificates('default'), ca] }),
    ...(withClient && client),
    ...(least !== null && { minVersion: least }),
  };
}
