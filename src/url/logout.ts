// Links that would end a session. A crawl with credentials must not lose its session, so it skips every URL that may be
// a logout. A crawl without credentials skips only URLs that can mean nothing else: a wiki page about logging out is a
// page.

import { lazily } from '../base/on-demand.ts';
import { isAbout, isAccountOrProgram, isSpecial, type LogoutWord, logoutWord } from './logout-words.ts';

/** Query fields whose value names an action. */
const ACTION =
  /^_*(?:a|c|r|act|.*action|.*task|.*cmd|.*command|controller|do|.*event|func|function|login.*|m|method|mode|module|op|operation|option|todo|wa)$/;
/** Query fields whose value names a part of the program. */
const PART_OF_PROGRAM = /^(?:layout|p|page|pagina|route|section|seite|site|strona|view)$/;
/** Query fields whose value is a path inside the program. */
const ROUTE = /^(?:page|path|q|r|route)$/;
/** Query fields that come with an action: proof that the user wants it, and where to go afterwards. */
const GOES_ON =
  /^_*(?:[a-z_]*token|csrf|xsrf|nonce|_wpnonce|sesskey|logout(?:key|hash)|id_token_hint|return[a-z_]*|redirect_?ur[il]|post_?logout[a-z_]*|next|continue|service|goto|destination|end_url|callback[a-z_]*)=/i;
/** Segments before the real path: `/en/`, `/pt-br/`, `/index.php/`. */
const ENTRANCE =
  /^(?:ar|be|bg|ca|cs|cy|da|de|el|en|es|et|eu|fa|fi|fr|ga|gl|he|hi|hr|hu|id|is|it|ja|ko|lt|lv|ms|mt|nb|nl|nn|no|pl|pt|ro|ru|sk|sl|sr|sv|th|tr|uk|vi|zh)(?:[-_][a-z]{2,4})?$|\.[a-z]{2,5}\d?$/i;
/** The ending of a program. Texts, images, styles and scripts end otherwise: they log nobody out. */
const ENDING =
  /(?:_page)?\.(?!(?:md|txt|rst|pdf|png|jpe?g|gif|svg|webp|avif|ico|bmp|css|m?js|map|woff2?|ttf|eot|mp[34])$)[a-z]{2,6}\d?$/i;
const PROGRAMS = 'as[hmp]x?|cfm|cgi|dll|do|exe|action|faces|jsf|jspa?|owa|php\\d?|pl|seam';
/** The ending of what is a program wherever it stands. */
const PROGRAM = new RegExp(`\\.(?:${PROGRAMS})$`, 'i');
/** A program whose name ends in an English word for it: `owalogoff.asp`. */
const NAMED_LAST = new RegExp(`(?:log|sign)(?:out|off)\\.(?:${PROGRAMS})$`, 'i');
/** A name or an action of a single program: `swpm-logout`, `um_logout`. */
const PREFIXED = /^[a-z]{2,12}[-_](?:log|sign)[-_]?(?:out|off)$/i;
/** The last part of a name of a program: `twbkwbis.P_Logout`, `webvpn_logout.html`, `masthead.LogOutComponent`. */
const NAME_PART = /^(?:[a-z]{1,12}_)?(?:log|sign)_?(?:out|off)(?:component)?$/i;
/** Wicket names the link that was clicked, by its place in the page: `1-1.ILinkListener-header-logoutLink`. */
const WICKET = /^\d+-\d*\..*[-~.:](?:[lL]og|[sS]ign)[-_]?(?:[oO]ut|[oO]ff)(?![a-z])/;
/** What follows `sign` or `login` in a path or a query: `/sign/out`, `login.php?action=out`. */
const OUT = /^(?:out|off)$/i;
const IN = /^(?:log|sign)(?:in|on)?$/i;
const HTML = /\.html?$/i;
/** Names of single logout in SAML, in its own folder. */
const SAML = /^(?:slo|sls)$/i;
const LONGEST_WORD = 60;
/** Escapes that are UTF-8 (RFC 3629, section 4). An exception for each segment would take longer than all else. */
const UTF8 = new RegExp(
  `^(?:${[
    '[^%]|%[0-7][\\da-f]|%(?:c[2-9a-f]|d[\\da-f])<>',
    '%e0%[ab][\\da-f]<>|%ed%[89][\\da-f]<>|%e[1-9a-cef]<><>',
    '%f0%[9ab][\\da-f]<><>|%f[1-3]<><><>|%f4%8[\\da-f]<><>',
  ]
    .join('|')
    .replaceAll('<>', '%[89ab][\\da-f]')})*$`,
  'i',
);
/**
 * Every ASCII word of the lists contains one of these parts, and few other URLs do. An escaped URL always goes on to
 * the full test.
 */
const PART =
  /log|sign|meld|conne|conec|sesi|sess|sitz|autent|colle|ulos|skran|hlas|odjav|jelent|kilep|sijung|iziet|izraks|iesire|ciki|cixis|kycu|oturum|keluar|xuat|thoat|salir|sair|esci|tekenuit|allgof|saioa|elsaluti|vyhod|vyiti|chiqish|exit|quit|saml|%/i;

/** What is known about a URL as a whole. */
interface Doubt {
  /** The crawl may be logged in. */
  readonly hasCredentials: boolean;
  /** The query has what comes with an action. */
  readonly goesOn: boolean;
}

/** Whether the URL logs its user out. `hasCredentials`: the crawl may be logged in. */
export function looksLikeLogout(url: string, hasCredentials = false): boolean {
  const from = url.indexOf('/', url.indexOf('://') + 3);
  if (from < 0 || !PART.test(url)) return false;
  const query = url.indexOf('?', from);
  const path = query < 0 ? url.slice(from + 1) : url.slice(from + 1, query);
  const fields = query < 0 ? [] : url.slice(query + 1).split(/[&;]/);
  const doubt = { hasCredentials, goesOn: fields.some((field) => GOES_ON.test(field)) };
  if (isLogoutPath(path, doubt)) return true;
  const isPage = lazily(() => path.split('/').some(isAboutFolder));
  if (fields.some((field) => isLogoutField(field, hasCredentials, isPage))) return true;
  return hasCredentials && (fields.some(isPartOfLogout) || isOutOfLogin(path, fields));
}

/** A path, and what is found in it at most once, however many of its segments are asked about. */
interface Path {
  readonly segments: readonly string[];
  /** The last segment that is not an index of the one before. */
  readonly lastNamed: () => number;
  /** The first segments that stand for something about things, and for SAML; -1 without one. */
  readonly firstAbout: () => number;
  readonly firstSaml: () => number;
}

function pathOf(text: string): Path {
  const segments = text.split('/');
  return {
    segments,
    lastNamed: lazily(() => segments.findLastIndex((segment) => segment !== '' && !/^index\b/i.test(segment))),
    firstAbout: lazily(() => segments.findIndex(isAboutFolder)),
    firstSaml: lazily(() => segments.findIndex((each) => /^saml[\d.]*$/i.test(each))),
  };
}

function isLogoutPath(text: string, doubt: Doubt): boolean {
  const path = pathOf(text);
  return path.segments.some((segment, at) => {
    const [name = '', ...fields] = segment.split(';');
    const means = meaningOf(name) ?? inFolder(path, at, name) ?? (doubt.hasCredentials ? lastPart(name) : null);
    if (means === 'special' || (means !== null && leadsOut(means, name, path, at, doubt))) return true;
    return fields.some((field) => isLogoutField(field, doubt.hasCredentials, () => false));
  });
}

/** Whether a segment with a word for logging out is a logout, by what stands around it. */
function leadsOut(means: LogoutWord, name: string, path: Path, at: number, doubt: Doubt): boolean {
  const { segments, lastNamed, firstAbout } = path;
  const isLast = lastNamed() <= at;
  if (means === 'exit') return doubt.hasCredentials && isLast && isEntrance(segments[at - 1]);
  if (doubt.hasCredentials) return true;
  if (isWithin(firstAbout(), at)) return false;
  if (!isLast && (means === 'leaving' || HTML.test(segments.at(-1)!))) return false;
  return (
    (means === 'program' && !HTML.test(name)) ||
    doubt.goesOn ||
    PROGRAM.test(decoded(name)) ||
    isEntrance(segments[at - 1])
  );
}

/** Names that mean a logout in one folder: `/session/destroy`, `/saml/slo`. */
function inFolder({ segments, firstSaml }: Path, at: number, name: string): LogoutWord | null {
  const folder = segments[at - 1];
  if (folder === undefined || name === '') return null;
  if (/(?:^|[-_])sessions?$/i.test(folder) && logoutWord(`session${name}`) === 'logout') return 'logout';
  if (IN.test(folder) && OUT.test(name.replace(ENDING, ''))) return 'logout';
  return SAML.test(name) && isWithin(firstSaml(), at) ? 'program' : null;
}

/** Whether the first of its kind stands before this place. */
function isWithin(first: number, at: number): boolean {
  return first >= 0 && first < at;
}

/** Whether what follows the segment belongs to the site as a whole, to somebody's account, or to a program. */
function isEntrance(folder: string | undefined): boolean {
  return folder === undefined || ENTRANCE.test(folder) || isAccountOrProgram(decoded(folder));
}

function isAboutFolder(folder: string): boolean {
  return isAbout(decoded(folder));
}

/** `isPage`: the path is of a page that is about something. */
function isLogoutField(field: string, hasCredentials: boolean, isPage: () => boolean): boolean {
  const equals = field.indexOf('=');
  const written = equals < 0 ? field : field.slice(0, equals);
  // An image that submits a form adds where it was clicked.
  const key = written.replace(/\.[xy]$/, '');
  if (isSure(meaningOf(key)) || PREFIXED.test(key)) return true;
  const name = equals < 0 ? 'path' : written.toLowerCase();
  const value = equals < 0 ? field : field.slice(equals + 1);
  const means = meaningOf(value) ?? (PREFIXED.test(value) && ACTION.test(name) ? 'logout' : null);
  if (means !== null) {
    if (means === 'special' || ACTION.test(name)) return true;
    return means !== 'exit' && (hasCredentials || (PART_OF_PROGRAM.test(name) && !isPage()));
  }
  if (!hasCredentials && !ROUTE.test(name)) return false;
  const path = decoded(value);
  return path.includes('/') && isLogoutPath(path.replace(/^\/+/, ''), { hasCredentials, goesOn: true });
}

/** What the last part of a name with dots or an underscore means. */
function lastPart(name: string): LogoutWord | null {
  if (!/[._]/.test(name) || name.length > LONGEST_WORD) return null;
  const parts = [name, name.replace(ENDING, '')].map((each) => each.slice(each.lastIndexOf('.') + 1));
  return parts.some((part) => NAME_PART.test(part)) ? 'logout' : null;
}

/** Whether a part of the name or of the value says logout: `do[logout]=1`, `p=100:LOGOUT`. */
function isPartOfLogout(field: string): boolean {
  const text = decoded(field);
  if (WICKET.test(text)) return true;
  const [name = '', value = ''] = text.split('=', 2);
  return [name.split(/[[\],]/), value.split(':')].some(
    (parts) => parts.length > 1 && parts.some((part) => isSure(meaningOf(part))),
  );
}

/** Whether the action is `out` of a program or a part of one that is called `login`: `login.php?action=out`. */
function isOutOfLogin(path: string, fields: readonly string[]): boolean {
  const parts = fields.map((field) => field.split('=', 2) as [string, string?]);
  if (!parts.some(([name, value = '']) => OUT.test(value) && ACTION.test(name.toLowerCase()))) return false;
  const program = path.slice(path.lastIndexOf('/') + 1).replace(ENDING, '');
  return IN.test(program) || parts.some(([, value = '']) => IN.test(value));
}

function isSure(means: LogoutWord | 'special' | null): boolean {
  return means !== null && means !== 'exit';
}

function meaningOf(written: string): LogoutWord | 'special' | null {
  if (written === '' || written.length > 6 * LONGEST_WORD) return null;
  // `Logout!default.jspa` names an action and its method.
  const [text = ''] = decoded(written).split('!');
  if (text.length > LONGEST_WORD || (/^[ -~]*$/.test(text) && !PART.test(text))) return null;
  const colon = text.indexOf(':');
  const isNamespace = colon > 0 && isSpecial(text.slice(0, colon));
  const word = isNamespace ? text.slice(colon + 1) : text;
  const means = logoutWord(word) ?? (word.includes('.') ? programMeaning(word) : null);
  return isNamespace && isSure(means) ? 'special' : means;
}

/** What the name of a program means. */
function programMeaning(name: string): LogoutWord | null {
  const means = logoutWord(name.replace(ENDING, ''));
  return means === null && NAMED_LAST.test(name) ? 'program' : means;
}

/** Bytes that are no UTF-8 are read as Latin-1. */
function decoded(written: string): string {
  if (!written.includes('%')) return written;
  if (UTF8.test(written)) return decodeURIComponent(written);
  return written.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
