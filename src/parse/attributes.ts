// Bytes of tags and their attributes, in any encoding that has ASCII.

const EQUALS = 0x3d;

/** The lower case of a byte of a word: ASCII letters, digits, and all beyond ASCII. It is 0 for other bytes. */
export const LOWER = new Uint8Array(256).map((_, code) => (code >= 0x80 ? code : 0));
for (const code of bytesOf('abcdefghijklmnopqrstuvwxyz0123456789')) LOWER[code] = code;
for (const code of bytesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ')) LOWER[code] = code | 0x20;

/** White space, `>`, `?` and `#`. */
export const ENDS_ADDRESS: ReadonlySet<number> = new Set(bytesOf(' \t\r\n>?#'));

/** Whether the name of an attribute ends at its `=`, here. */
export function isNamed(text: Uint8Array, at: number, name: Uint8Array): boolean {
  return text[at + name.length] === EQUALS && name.every((code, ahead) => LOWER[text[at + ahead]!] === code);
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
