// The options of proxies, as the parts receive them.

export interface ProxyOptions {
  /**
   * Proxies that requests go through: `http://`, `https://`, `socks5://` (names are resolved on this machine) or
   * `socks5h://` (the proxy resolves them), with `USER:PASS@` before the host if the proxy wants them, and before it
   * `http=` or `https=` if it is for URLs of that scheme alone. Of several, each host keeps to one. `--proxy`; empty by
   * default.
   */
  readonly proxy: readonly string[];
  /** A file with more of them, one per line; null for none. `--proxy-file`; null by default. */
  readonly proxyFile: string | null;
  /**
   * Names (with their subdomains), addresses and networks that are requested without a proxy, separated by commas; `*`
   * is every host; null for no exceptions. `--noproxy`; null by default.
   */
  readonly noProxy: string | null;
  /**
   * Send no password to a proxy as HTTP Basic: wait until it asks for Digest. `--proxy-digest`; false by default.
   */
  readonly proxyDigest: boolean;
  /** Accept any TLS certificate of a proxy. `--proxy-insecure`; false by default. */
  readonly proxyInsecure: boolean;
  /**
   * A file (PEM) with the issuers that the certificate of a proxy may have; null for those of this machine.
   * `--proxy-ca`; null by default.
   */
  readonly proxyCa: string | null;
}
