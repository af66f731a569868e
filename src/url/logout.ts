// Links that would end a session: a crawler that has been given one must not throw it away.

const LOGOUT =
  /(?:[^:/]\/|[?&;=])(?:(?:log|sign)[-_]?(?:out|off)|abmelden|deconnexion|cerrar-?sesion|logoff)(?:\.[a-z]{2,5})?(?=[/?&;=#]|$)/i;

/** Whether a segment of the path, or a name or value of the query, says that the URL logs its user out. */
export function looksLikeLogout(url: string): boolean {
  return LOGOUT.test(url);
}
