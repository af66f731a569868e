// Reads a date as servers write it in cookies, by the rules of RFC 6265bis, section 5.1.1.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/;
const DAY = /^(\d{1,2})(?:\D|$)/;
const YEAR = /^(\d{2,4})(?:\D|$)/;
const YEAR_MIN = 1601;

/** The date in wall milliseconds; null if the text is not one. */
export function cookieDate(text: string): number | null {
  let time: readonly number[] | null = null;
  let day: number | null = null;
  let month: number | null = null;
  let year: number | null = null;
  // Each token is taken for the first thing that is still wanted and that it may be, in this order.
  for (const token of text.split(DELIMITERS)) {
    const clock: RegExpExecArray | null = time === null ? TIME.exec(token) : null;
    const ofMonth: RegExpExecArray | null = clock === null && day === null ? DAY.exec(token) : null;
    const named = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (clock !== null) time = clock.slice(1).map(Number);
    else if (ofMonth !== null) day = Number(ofMonth[1]);
    else if (month === null && named >= 0) month = named;
    else if (year === null) year = yearOf(token);
  }
  if (time === null || day === null || month === null || year === null || year < YEAR_MIN) return null;
  const [hours = 0, minutes = 0, seconds = 0] = time;
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  const at = Date.UTC(year, month, day, hours, minutes, seconds);
  // There is no 30th of February.
  return new Date(at).getUTCDate() === day ? at : null;
}

function yearOf(token: string): number | null {
  const written = YEAR.exec(token)?.[1];
  if (written === undefined) return null;
  const year = Number(written);
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}
