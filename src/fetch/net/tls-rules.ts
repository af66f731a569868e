// What the user wants of TLS beyond what is usual: issuers of one's own, a client certificate, a least version.

import type { SecureContext, SecureContextOptions } from 'node:tls';
import { UsageError } from '../../base/errors.ts';
import { lazily, onDemand } from '../../base/on-demand.ts';
import type { Origin } from './origins.ts';

const tls = onDemand<typeof import('node:tls')>('node:tls');

export interface TlsRules {
  /** Issuers to trust beside those of this machine, in PEM; null for no more. */
  readonly ca: string | null;
  /** Our own certificate with its key, in PEM, and the passphrase of that; null without one. */
  readonly client: { readonly cert: string; readonly key: string; readonly passphrase?: string | undefined } | null;
  /** The least version; null for the usual one. */
  readonly least: 'TLSv1.2' | 'TLSv1.3' | null;
}

/**
 * Makes the contexts of connections, each at the first need, because it loads the root certificates. The certificate is
 * for these origins alone. `intermediates` grow: they complete chains, and vouch for nothing.
 */
export function createContexts(
  rules: TlsRules | undefined,
  origins: ReadonlySet<string>,
  intermediates: readonly string[] = [],
): (origin: Origin) => SecureContext {
  const hasClient = rules !== undefined && rules.client !== null;
  const make = (withClient: boolean) =>
    lazily(() => tls().createSecureContext(contextOf(rules, withClient, intermediates)));
  let [open, known, had] = [make(false), make(true), 0];
  return ({ key }) => {
    if (intermediates.length !== had) [open, known, had] = [make(false), make(true), intermediates.length];
    return hasClient && origins.has(key) ? known() : open();
  };
}

/** @throws UsageError if the certificates cannot be used. */
export function assertUsable(rules: TlsRules): void {
  try {
    tls().createSecureContext(contextOf({ ...rules, ca: null }, true, []));
  } catch (cause) {
    const why = (cause as Error).message;
    throw new UsageError(
      `--cert, --key: they cannot be used together (${why}): a certificate and its own key in PEM. --pass is for the passphrase of a key.`,
      { cause },
    );
  }
  if (rules.ca !== null && !rules.ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new UsageError('--ca: the file has no certificate in PEM (-----BEGIN CERTIFICATE-----).');
  }
}

function contextOf(
  rules: TlsRules | undefined,
  withClient: boolean,
  intermediates: readonly string[],
): SecureContextOptions {
  const { ca = null, client = null, least = null } = rules ?? {};
  const more = ca === null ? intermediates : [ca, ...intermediates];
  return {
    ...(more.length > 0 && { ca: [...tls().getCACertificates('default'), ...more] }),
    ...(withClient && client),
    ...(least !== null && { minVersion: least }),
  };
}
