// The options of TLS, as the parts receive them.

export interface TlsOptions {
  /** A file (PEM) with issuers to trust beside those of this machine; null for no more. `--ca`; null by default. */
  readonly ca: string | null;
  /**
   * A file (PEM) with our own certificate, which goes to the origins of the roots alone; null for no certificate.
   * `--cert`; null by default.
   */
  readonly cert: string | null;
  /** The file (PEM) with the key of `cert`; null for a key in the same file. `--key`; null by default. */
  readonly key: string | null;
  /**
   * Fetch the certificate of an issuer that a server does not send, over http from where its own certificate says.
   * `--aia`; false by default.
   */
  readonly aia: boolean;
  /** The passphrase of that key; null for a key without one. `--pass`; null by default. */
  readonly keyPassphrase: string | null;
  /** The least version of TLS that is spoken; null for the usual one, 1.2. `--min-tls`; null by default. */
  readonly minTls: '1.2' | '1.3' | null;
}
