// The options that say who the user is, as the parts receive them.

export interface LoginOptions {
  /**
   * Users and passwords: `USER:PASS` for the origins of the roots, `https://HOST=USER:PASS` for that origin alone.
   * `--auth`; empty by default.
   */
  readonly auth: readonly string[];
  /** Send no password as HTTP Basic: wait until the server asks for Digest. `--digest`; false by default. */
  readonly digest: boolean;
  /** Take users and passwords from `~/.netrc` too. `--netrc`; false by default. */
  readonly netrc: boolean;
  /** A file to read instead of `~/.netrc`; null for that one. `--netrc-file`; null by default. */
  readonly netrcFile: string | null;
  /**
   * How one sees that the user is logged in: a text that each page has, `css:` with a selector of one element, or a URL
   * that answers with 200; null for no look at that. `--logged-in`; null by default.
   */
  readonly loggedIn: string | null;
}
