// Whether the value of a parameter looks like the id of a session: long, and by chance. What a page is named by is short, a number, or words.

const HEXADECIMAL = /^(?=.*\d)(?=.*[a-f])[\da-f]{16,128}$/i;
const UUID = /^(?:%7b)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:%7d)?$/i;
/** Digits in more than one place: `windows2000server` is a word. */
const MIXED = /^(?=.*\d[a-z]+\d)[\da-z]{16,128}$/i;
const TOKEN = /^[\w.,!~*%-]{16,512}$/;
const SHORT_TOKEN = /^(?=.*\d)(?=.*[a-z])[\w.,!~*-]{4,15}$/i;
/** A word and its number. */
const NUMBERED = /^[a-z]{2,}[-_.]?\d{1,2}$/i;

/** For a name that pages have too. `isMixed`: also of letters and digits, and not of hexadecimal digits alone. */
export function isSessionId(value: string, isMixed: boolean): boolean {
  return HEXADECIMAL.test(value) || UUID.test(value) || (isMixed && MIXED.test(value));
}

/** For a name that only sessions have: whatever is no number and no word. */
export function isToken(value: string): boolean {
  return TOKEN.test(value) || (SHORT_TOKEN.test(value) && !NUMBERED.test(value));
}
