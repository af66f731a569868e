// Text as octets, one character each.

export function octetsOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Percent-encoding in one form, octet by octet (RFC 3986, section 6.2.2). */
export function slowForm(octets: string): string {
  let form = '';
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets[at]!;
    const digits = octets.slice(at + 1, at + 3);
    if (octet === '%' && /^[\da-f]{2}$/i.test(digits)) {
      const meant = String.fromCharCode(Number.parseInt(digits, 16));
      form += /[\w\-.~]/.test(meant) ? meant : `%${digits.toUpperCase()}`;
      at += 2;
    } else if (/[\w\-.~:/?#[\]@!$&'()*+,;=]/.test(octet)) form += octet;
    else form += `%${Buffer.from(octet, 'latin1').toString('hex').toUpperCase()}`;
  }
  return form;
}
