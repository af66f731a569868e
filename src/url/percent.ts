// Percent-encoding in one form (RFC 3986, section 6.2.2). Unreserved characters stand as themselves and reserved ones
// as written. Everything else becomes the octets of its UTF-8 in upper-case digits. Applying it twice changes nothing.

const KEPT = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]*$/;
const ODD = /%(?:[0-9A-Fa-f]{2})?|[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]/gu;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/** A path or a query in its one form. */
export function percentForm(text: string): string {
  return KEPT.test(text) ? text : text.toWellFormed().replace(ODD, formOf);
}

function formOf(odd: string): string {
  if (!odd.startsWith('%')) return encodeURIComponent(odd);
  // A percent sign that begins no escape is data. Left alone it could become part of an escape: `%%34%31` would turn
  // into `%41`.
  if (odd.length === 1) return '%25';
  const char = String.fromCharCode(Number.parseInt(odd.slice(1), 16));
  return UNRESERVED.test(char) ? char : odd.toUpperCase();
}
