// Whether the value of a parameter looks like a session id: long and random. A value that names a page is short, a
// number, or words.

const HEXADECIMAL = /^(?=.*\d)(?=.*[a-f])[\da-f]{16,128}$/i;
/** A program writes all letters of a number in one case. */
const ONE_CASE = /^(?:[\da-f]*|[\dA-F]*)$/;
/** Most hexadecimal sessions have this length or more. A shorter one of mostly digits is a time or a number. */
const FULL_LENGTH = 32;
const HEXADECIMAL_DIGITS_MAX = 0.75;
const UUID = /^(?:%7b)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:%7d)?$/i;
/** Ids of what a site keeps. The first is MongoDB's, which begins with the seconds of a date from 2004 to 2029. */
const OBJECT_ID = /^[4-6][\da-f]{23}$/;
const ULID = /^01[\dA-HJKMNP-TV-Z]{24}$/;
const AIRTABLE_RECORD = /^rec[\da-z]{14}$/i;
/** The last three say which of the others are capitals. */
const SALESFORCE_ID = /^[\da-z]{15}[A-Z0-5]{3}$/i;
const SALESFORCE_SUMS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
/** What GraphQL calls a node is a text in base64. */
const TEXT = /^[ -~]+$/;
/** Digits in more than one place: `windows2000server` is a word. */
const APART = /\d[a-z]+\d/i;
const MIXED = /^(?=.*\d)(?=.*[a-z])[\da-z]{16,128}$/i;
/** A value of more digits than this is a number with some letters, or a time: `20261126T093000Z`. */
const DIGITS_MAX = 0.65;
/** A value with this share of its letters in words is made of words: `rustconf2026day2talk17`. */
const WORDS_MIN = 0.65;
const ORDINAL = /(?<=\d)(?:st|nd|rd|th)/gi;
/** Letters in a row; a capital begins a new word. */
const RUN = /[A-Z]?[a-z]+|[A-Z]+/g;
/** What is hardly in any word: pairs of consonants, and too many consonants or vowels in a row. */
const NO_WORD =
  /^[^aeiouy]*$|q(?!u)|[jvxz][bcdfghjkmnpqrstvwxz]|[^aeiouy]{5}|[aeiou]{4}|[bdfgkp][cfgjkpqvwxz](?<!ff|gg|pp)|[hw][bcdfgjkmpqvwxz]|[cmst][jqvxz](?<!tz)|[^aeiouy][jqvwxz]$/i;
const TOKEN = /^[\w.,!~*%-]{16,512}$/;
/** WebSphere puts a colon before the name of its server. Base64, JRun, SAP and BroadVision write the other signs. */
const MARKED_TOKEN = /^[\w.,:!~*+%$@()=|-]{16,512}$/;
const SHORT_TOKEN = /^(?=.*\d)(?=.*[a-z])[\w.,!~*-]{4,15}$/i;
/** A word with a number. */
const NUMBERED = /^[a-z]{2,}[-_.]?\d{1,2}$/i;

/**
 * Which letters and digits that are not all hexadecimal look like a session id: any with digits in two places, or those
 * that are not made of words.
 */
export type Mixed = 'none' | 'any' | 'random';

/** Whether the value looks like a session id, for a parameter name that pages use too. */
export function isSessionId(value: string, mixed: Mixed): boolean {
  if (isUuid(value)) return true;
  if (mixed === 'random' && isIdOfThing(value)) return false;
  if (HEXADECIMAL.test(value) && (mixed !== 'random' || isRandomHexadecimal(value))) return true;
  return mixed !== 'none' && MIXED.test(value) && (mixed === 'any' ? APART.test(value) : isRandom(value));
}

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

function isIdOfThing(value: string): boolean {
  if (OBJECT_ID.test(value) || ULID.test(value) || AIRTABLE_RECORD.test(value) || isSalesforceId(value)) return true;
  return TEXT.test(Buffer.from(value, 'base64').toString('latin1'));
}

function isSalesforceId(value: string): boolean {
  if (!SALESFORCE_ID.test(value)) return false;
  return [0, 1, 2].every((group) => {
    let capitals = 0;
    for (let at = 0; at < 5; at += 1) if (/[A-Z]/.test(value[5 * group + at]!)) capitals += 2 ** at;
    return value[15 + group] === SALESFORCE_SUMS[capitals];
  });
}

/** Whether hexadecimal digits are not the time of a page with some letters behind: `1690312452654001abCD`. */
function isRandomHexadecimal(value: string): boolean {
  if (!ONE_CASE.test(value)) return false;
  return value.length >= FULL_LENGTH || value.replace(/\D/g, '').length <= HEXADECIMAL_DIGITS_MAX * value.length;
}

/** Whether letters and digits are neither a number with some letters nor words with numbers between them. */
function isRandom(value: string): boolean {
  const letters = value.replace(/\d+/g, '').length;
  if (value.length - letters >= DIGITS_MAX * value.length) return false;
  const runs = (value.replace(ORDINAL, '').match(RUN) ?? []).filter((run) => run.length > 2);
  const inWords = runs.reduce((sum, { length }) => sum + length, 0);
  return runs.some((run) => NO_WORD.test(run)) || inWords < WORDS_MIN * letters;
}

/**
 * Whether the value is neither a number nor a word, for a parameter name that only sessions use. Jobs of older rules
 * know fewer signs in a token.
 */
export function isToken(value: string, isOld: boolean): boolean {
  return (isOld ? TOKEN : MARKED_TOKEN).test(value) || (SHORT_TOKEN.test(value) && !NUMBERED.test(value));
}
