// The certificates in a file of several: PKCS #7 (CMS, RFC 5652, section 5.1) that is signed by nobody and has
// certificates alone, in DER.

/** One value of DER (X.690, section 8.1). */
interface Value {
  readonly tag: number;
  readonly whole: Buffer;
  readonly content: Buffer;
}

const SEQUENCE = 0x30;
/** The content of a file that names its type, and the certificates of signed data. */
const FIRST_OF_CONTEXT = 0xa0;
/** The object identifier of signed data, 1.2.840.113549.1.7.2. */
const SIGNED_DATA = '2a864886f70d010702';

/** Each in DER; empty if the file is no such thing. */
export function certificatesInBag(file: Buffer): Buffer[] {
  const [info] = valuesIn(file);
  const [type, content] = info?.tag === SEQUENCE ? valuesIn(info.content) : [];
  if (type?.content.toString('hex') !== SIGNED_DATA || content?.tag !== FIRST_OF_CONTEXT) return [];
  const [data] = valuesIn(content.content);
  const certificates = valuesIn(data?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === FIRST_OF_CONTEXT);
  return valuesIn(certificates?.content ?? Buffer.alloc(0))
    .filter(({ tag }) => tag === SEQUENCE)
    .map(({ whole }) => whole);
}

/** The values one after another, as far as they are whole. */
function valuesIn(bytes: Buffer): Value[] {
  const values: Value[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const first = bytes[at + 1]!;
    // A long length says how many bytes it has. One of no bytes is that of BER, which is not read.
    const more = first < 0x80 ? 0 : first & 0x7f;
    const from = at + 2 + more;
    if (first === 0x80 || more > 4 || from > bytes.length) break;
    const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
    if (from + length > bytes.length) break;
    values.push({
      tag: bytes[at]!,
      whole: bytes.subarray(at, from + length),
      content: bytes.subarray(from, from + length),
    });
    at = from + length;
  }
  return values;
}
