// The certificates and keys that the options name.

import { UsageError } from '../base/errors.ts';
import { assertUsable, type TlsRules } from '../fetch/net/tls-rules.ts';
import type { CrawlOptions } from '../options/options.ts';
import { textIn } from './text-in.ts';

/** @throws UsageError if a file cannot be read or used. Undefined if nothing is wanted beyond what is usual. */
export async function tlsRules({ ca, cert, key, keyPassphrase, minTls }: CrawlOptions): Promise<TlsRules | undefined> {
  if ([ca, cert, key, keyPassphrase, minTls].every((each) => each === null)) return undefined;
  if (cert === null && key !== null) throw new UsageError('--key is given without --cert: give the certificate too.');
  if (cert === null && keyPassphrase !== null)
    throw new UsageError('--pass is given without --cert: it is the passphrase of the key of a certificate.');
  const rules: TlsRules = {
    ca: ca === null ? null : textIn(ca, '--ca'),
    client: cert === null ? null : { ...(await clientIn(cert, key)), passphrase: keyPassphrase ?? undefined },
    least: minTls === null ? null : `TLSv${minTls}`,
  };
  assertUsable(rules);
  return rules;
}

/** One file may have both. */
async function clientIn(certFile: string, keyFile: string | null): Promise<{ cert: string; key: string }> {
  const cert = textIn(certFile, '--cert');
  if (keyFile !== null) return { cert, key: textIn(keyFile, '--key') };
  if (/-----BEGIN (?:\w+ )*PRIVATE KEY-----/.test(cert)) return { cert, key: cert };
  throw new UsageError('--cert is given without --key, and its file has no key: give the file of the key with --key.');
}
