// Percent-encoding in one form (RFC 3986, section 6.2.2): unreserved characters stand as themselves, reserved ones as they were
// written, everything else as the octets of its UTF-8 in upper-case digits. Doing it twice changes nothing.

const KEPT = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]*$/;
const ODD = /%(?:[0-9A-Fa-f]{2})?|[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]/gu;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/** The text (a path or a query) in its one form. */
export function percentForm(text: string): string {
  return KEPT.test(text) ? text : text.toWellFormed().replace(ODD, formOf);
}

function formOf(odd: string): string {
  if (!odd.startsWith('%')) return encodeURIComponent(odd);
  // A percent sign that begins no escape is data. Left alone it could become part of one: `%%34%31` would turn into `%41`.
  if (odd.length === 1) return '%25';
  const char = String.fromCharCode(Number.parseInt(odd.slice(1), 16));
  return UNRESERVED.test(char) ? char : odd.toUpperCase();
}
