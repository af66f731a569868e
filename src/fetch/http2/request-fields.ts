// The request in the fields of HTTP/2, and as the HTTP/1.1 message that an archive holds.

/** Fields that speak of one connection have no place in HTTP/2 (RFC 9113, section 8.2.2). */
const OF_CONNECTION = /^(?:connection|proxy-connection|keep-alive|upgrade|te|transfer-encoding):.*\r\n/gim;

/** The text of a request of HTTP/1.1 without what HTTP/2 does not send. */
export function withoutConnection(head: string): string {
  return head.replace(OF_CONNECTION, '');
}

/** The fields after the pseudo fields, as names and values in turn; `tail` is what follows the path. */
export function fieldsOf(tail: string): string[] {
  const fields: string[] = [];
  for (const line of tail.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    // The authority says what Host says.
    if (name !== '' && name !== 'host') fields.push(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** What the request's Host says, which the user may have set. */
export function authorityOf(tail: string): string {
  return /^host:[ \t]*(.*?)[ \t]*\r\n/im.exec(tail)?.[1] ?? '';
}
