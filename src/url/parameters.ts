// Parameters that say who is asking and not what is asked for: session ids, and the marks by which advertisers follow a click. URLs
// that differ in these only are one page, and a site that writes a new session into each link would never end.

/** Marks of advertisers, mailers and statistics; those that end in a star are beginnings. */
const TRACKING =
  'utm_* gclid gclsrc dclid gbraid wbraid fbclid msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id mc_cid mc_eid mkt_tok \
_ga _gl _hsenc _hsmi __hssc __hstc __hsfp hsctatracking vero_id vero_conv oly_anon_id oly_enc_id rb_clickid s_kwcid ef_id wickedid epik srsltid'.split(
    ' ',
  );
/** Sessions, whatever their value. */
const SESSIONS = 'phpsessid jsessionid aspsessionid* sessionid session_id oscsid zenid cfid cftoken mscssid'.split(' ');
/** Names that a session often has and a page sometimes: only where the value looks like an id. */
const MAYBE_SESSIONS = 'sid s sess session'.split(' ');
const ID = /^(?=[^&]*\d)(?=[^&]*[a-z])[\da-z]{16,128}$/i;

const ALWAYS = [...TRACKING, ...SESSIONS];
const NAMES = new Set(ALWAYS.filter((name) => !name.endsWith('*')));
const BEGINNINGS = ALWAYS.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
const MAYBE = new Set(MAYBE_SESSIONS);
/** Behind dots alone it is left: without it they would be a dot segment, and lead elsewhere. */
const PATH_SESSION = /(?<!\/\.{1,2});(?:jsessionid|phpsessid)=[^/?;]*/gi;

/** The URL without these parameters; all others stay as they are and where they are. */
export function withoutMarks(url: string): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const bare = path.includes(';') ? path.replace(PATH_SESSION, '') : path;
  if (query < 0) return bare;
  const fields = url.slice(query + 1).split('&');
  const kept = fields.filter((field) => !isMark(field));
  if (kept.length === fields.length) return bare === path ? url : bare + url.slice(query);
  const rest = kept.join('&');
  return rest === '' ? bare : `${bare}?${rest}`;
}

function isMark(field: string): boolean {
  const equals = field.indexOf('=');
  const name = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
  if (NAMES.has(name) || BEGINNINGS.some((beginning) => name.startsWith(beginning))) return true;
  return equals >= 0 && MAYBE.has(name) && ID.test(field.slice(equals + 1));
}
