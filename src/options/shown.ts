// A value that is wrong, as a message shows it: short, and without what may be a password.

/** The most characters of a wrong value in a message. */
const VALUE_SHOWN_MAX = 200;

/**
 * What stands before the host in a URL may be a password, and what is for one origin may be one. A value may have any
 * length, so each place is looked for once.
 */
function withoutPasswords(text: string): string {
  const scheme = text.indexOf('://');
  const host = text.lastIndexOf('@');
  const bare = scheme >= 0 && host > scheme + 2 ? `${text.slice(0, scheme)}://***${text.slice(host)}` : text;
  const equals = scheme < 0 ? -1 : bare.indexOf('=', scheme);
  return equals < 0 ? bare : `${bare.slice(0, equals + 1)}***`;
}

/** A wrong value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  const text = withoutPasswords(isShownAsItIs(value) ? String(value) : asJson(value));
  return text.length > VALUE_SHOWN_MAX ? `${text.slice(0, VALUE_SHOWN_MAX)}...` : text;
}

/** JSON has no NaN, and shows a Set and the like as an empty object. */
function isShownAsItIs(value: unknown): boolean {
  if (typeof value === 'number') return true;
  const kind = Object.prototype.toString.call(value);
  return value instanceof Promise || /^\[object (?:Set|Map|WeakSet|WeakMap|RegExp|Error)\]$/.test(kind);
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // It contains itself, or a number that JSON does not have.
    return 'an object';
  }
}
