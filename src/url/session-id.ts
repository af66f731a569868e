// Whether the value of a parameter looks like a session id: long and random. A value that names a page is short, a
// number, or words.

const HEXADECIMAL = /^(?=.*\d)(?=.*[a-f])[\da-f]{16,128}$/i;
const UUID = /^(?:%7b)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:%7d)?$/i;
/** Digits in more than one place: `windows2000server` is a word. */
const MIXED = /^(?=.*\d[a-z]+\d)[\da-z]{16,128}$/i;
const TOKEN = /^[\w.,!~*%-]{16,512}$/;
const SHORT_TOKEN = /^(?=.*\d)(?=.*[a-z])[\w.,!~*-]{4,15}$/i;
/** A word with a number. */
const NUMBERED = /^[a-z]{2,}[-_.]?\d{1,2}$/i;

/**
 * Whether the value looks like a session id, for a parameter name that pages use too. `isMixed` also accepts letters
 * and digits that are not all hexadecimal.
 */
export function isSessionId(value: string, isMixed: boolean): boolean {
  return HEXADECIMAL.test(value) || UUID.test(value) || (isMixed && MIXED.test(value));
}

/** Whether the value is neither a number nor a word, for a parameter name that only sessions use. */
export function isToken(value: string): boolean {
  return TOKEN.test(value) || (SHORT_TOKEN.test(value) && !NUMBERED.test(value));
}
