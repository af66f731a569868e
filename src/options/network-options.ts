// The options of connections, as the parts receive them: to which addresses they go, and from where.

export interface NetworkOptions {
  /**
   * Addresses for a host and port, instead of those of DNS, each as `HOST:PORT:ADDRESS[,ADDRESS]`; the host `*` is
   * every host. Private ones are allowed for that host. `--resolve`; empty by default.
   */
  readonly resolve: readonly string[];
  /**
   * The most bytes per second that are read, as sizes (`1MB`), or with a host before it for that host alone
   * (`example.com=100KB`, `*.example.com=50KB`). `--rate-limit`; empty by default.
   */
  readonly rateLimit: readonly string[];
  /**
   * The address of this machine from which connections are made, or the name of its interface; null for the usual one.
   * `--interface`; null by default.
   */
  readonly localAddress: string | null;
  /** Use IPv4 addresses alone. `--ipv4`; false by default. */
  readonly ipv4: boolean;
  /** Use IPv6 addresses alone. `--ipv6`; false by default. */
  readonly ipv6: boolean;
  /**
   * A file with a private key of Ed25519 (PEM or JWK) that signs each request (RFC 9421); null for no signature.
   * `--sign-key`; null by default.
   */
  readonly signKey: string | null;
  /**
   * The https URL of the site whose directory has that key; null for no Signature-Agent. `--sign-agent`; null by
   * default.
   */
  readonly signAgent: string | null;
  /**
   * The Unix socket to which every connection is made, instead of the addresses of hosts and instead of proxies; null
   * for no socket. `--unix-socket`; null by default.
   */
  readonly unixSocket: string | null;
}
