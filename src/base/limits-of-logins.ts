// The limits of logins.

/** How many challenges and parameters of a field are read. */
export const AUTH_PARAMETERS_MAX = 100;
/** Realms of one origin that are told apart, and folders that are known to belong to one. */
export const REALMS_MAX = 20;
export const FOLDERS_OF_REALM_MAX = 100;
/** So often in a row a request is made again because the server asked: at first, and where a nonce was old. */
export const CHALLENGES_IN_A_ROW_MAX = 2;
/** Logins of a .netrc that are read, and its length. */
export const NETRC_LOGINS_MAX = 10_000;
export const NETRC_BYTES_MAX = 4 * 1024 * 1024;

/** How often to look, while nobody is logged in at a host, whether the user has new cookies. */
export const COOKIES_LOOKED_FOR_MS = 250;
/** How soon to look again whether a host has room for the request that finds out whether one is logged in. */
export const PROBE_ROOM_MS = 250;
export const PROBE_HOPS_MAX = 5;
/** After so many of them in a row that found nothing out, the host is held as if the login were lost. */
export const PROBES_IN_VAIN_MAX = 3;
