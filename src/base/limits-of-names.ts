// The limits of looking up names and of calling their addresses.

export const DNS_CACHE_ENTRIES_MAX = 10_000;
export const DNS_ADDRESSES_MAX = 16;
export const DNS_TTL_MIN_MS = 30_000;
export const DNS_TTL_MAX_MS = 3_600_000;
/** When a job begins, the roots' names are looked up: this many at once, for at most `ROOT_LOOKUPS_MAX_MS`. */
export const LOOKUPS_AT_ONCE_MAX = 100;
export const ROOT_LOOKUPS_MAX_MS = 5_000;
/** How long the answer that a name does not exist is remembered. */
export const DNS_NEGATIVE_MS = 10_000;
/** Happy eyeballs: how long the first address has before the next one is tried (RFC 8305, section 5). */
export const CONNECT_ATTEMPT_DELAY_MS = 250;
/** How long the addresses of one family wait for those of the other (RFC 8305, section 3). */
export const RESOLUTION_DELAY_MS = 50;
/** Names that the system's resolver looks up at once. Each takes one of the few threads that files need too. */
export const SYSTEM_LOOKUPS_MAX = 2;
