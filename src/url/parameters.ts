// Parameters that identify the visitor and not the page: session ids and tracking parameters. URLs that differ only in
// these are one page. A site that writes a new session id into each link would otherwise never end.

import type { JobIdentity } from '../base/contracts.ts';
import { isSessionId, isToken, isUuid, type Mixed } from './session-id.ts';

/** Parameters of advertisers, mailers and analytics. A name that ends in a star is a prefix. */
const TRACKING =
  'utm_* gclid gclsrc dclid gbraid wbraid fbclid msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id mc_cid mc_eid mkt_tok \
_ga _gl _hsenc _hsmi __hssc __hstc __hsfp hsctatracking vero_id vero_conv oly_anon_id oly_enc_id rb_clickid s_kwcid ef_id wickedid epik srsltid';
/** Names that well-known systems use for sessions and hardly anybody uses for anything else. */
const SYSTEM_SESSIONS = 'phpsessid jsessionid aspsessionid* oscsid zenid mscssid cftoken';
/** Names that usually mean a session and sometimes a page (a conference session, a search). */
const SESSIONS = 'sid sess sessid sess_id session sessionid session_id s';
const SECOND_KIND_OF = kinds({ mark: TRACKING, system: SYSTEM_SESSIONS, session: SESSIONS });
/** More of them, which rule set 3 knows. */
const MORE_SYSTEM_SESSIONS =
  'cgisessid sqmsessid postnukesid xtcsid modsid force_sid wosid _zopeid mv_session_id sesskey bv_sessionid bv_engineid weblogicsession \
sap-contextid sap-ext-sid cakephp fe_session_key g2_gallerysid';
const KIND_OF = kinds({
  mark: TRACKING,
  system: `${SYSTEM_SESSIONS} ${MORE_SYSTEM_SESSIONS}`,
  session: SESSIONS,
});
/**
 * The names of sessions in systems that nobody listed: a prefix of their own before the word, or the word for what the
 * value is behind it. Rule set 3 knows them. An assessment and a position are no sessions.
 */
const SESSION_NAME =
  /(?:^|[._-])(?:sess(?:ion)?(?:[._-]?(?:id|key|token|hash))?|sid)$|^(?!as|ob|pos)[a-z]{1,6}sess(?:ion)?[._-]?id$/;

/** A ColdFusion session is two numbers, which look like numbers of pages. Lucee writes a UUID and a zero. */
const COLD_FUSION = new Set(['cfid', 'cftoken']);
const COLD_FUSION_ID = /[?&;]cfid=\d+(?:[&;]|$)/i;
const COLD_FUSION_TOKEN = /[?&;]cftoken=(?:\d{6,}|[\da-f-]{16,})(?:[&;]|$)/i;
const LUCEE_ID = /[?&;]cfid=[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:[&;]|$)/i;
const LUCEE_TOKEN = /[?&;]cftoken=0(?:[&;]|$)/i;
const SECOND_COLD_FUSION_ID = /[?&]cfid=\d+(?:&|$)/i;
const SECOND_COLD_FUSION_TOKEN = /[?&]cftoken=(?:\d{6,}|[\da-f-]{16,})(?:&|$)/i;
/**
 * A session id in the path. One that follows only dots is kept: without it the dots would become a dot segment and lead
 * elsewhere.
 */
const PATH_SESSION = /(?<!\/\.{1,2});(?:jsessionid|phpsessid|saplb_[^/?;=]*)=([^/?;]*)/gi;
const SECOND_PATH_SESSION = /(?<!\/\.{1,2});(?:jsessionid|phpsessid)=([^/?;]*)/gi;
/** A folder of ASP.NET: its session, and perhaps a login or a device beside it. The session has only these digits. */
const SESSION_FOLDER = /\/\((?:[a-z]\([^()/]*\))*S\([a-z0-5]{24}\)(?:[a-z]\([^()/]*\))*\)(?=\/)/gi;
/** Where the next field of a query begins whose fields have semicolons between them. Values have semicolons too. */
const NEXT_FIELD = /;(?=[\w.%-]+=)/;

/** The names of rule set 1: those that count as sessions whatever their value, and those whose value is examined. */
const FIRST_KIND_OF = kinds({
  mark: `${TRACKING} phpsessid jsessionid aspsessionid* sessionid session_id oscsid zenid cfid cftoken mscssid`,
  session: 'sid s sess session',
});
const FIRST_ID = /^(?=[^&]*\d)(?=[^&]*[a-z])[\da-z]{16,128}$/i;

/**
 * The rule set that tells session ids from page parameters. Rule set 1 goes by some names alone and serves jobs that
 * were started with it. Rule set 2 also looks at the values. Rule set 3 knows words with numbers, more systems, and
 * fields with semicolons between them. A job keeps its rule set for life, because otherwise its keys would change their
 * meaning between runs.
 */
export type KeyRules = NonNullable<JobIdentity['keyRules']>;
export const KEY_RULES: KeyRules = 3;

/** Whether the key may lack something: a quick test for URLs that have none of these. */
export function mayHaveMarks(url: string): boolean {
  return url.includes('?') || url.includes(';') || url.includes('))/');
}

/** The URL without its session ids and tracking parameters. All other parameters stay unchanged and in place. */
export function withoutMarks(url: string, rules: KeyRules = KEY_RULES): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const bare = withoutPathIds(path, rules);
  if (query < 0) return bare;
  const fields = url.slice(query + 1).split('&');
  const isMark = markTest(url, rules);
  const rest = (
    url.includes(';', query) ? withoutParts(fields, isMark, rules) : fields.filter((field) => !isMark(field))
  ).join('&');
  if (rest.length === url.length - query - 1) return bare === path ? url : bare + url.slice(query);
  return rest === '' ? bare : `${bare}?${rest}`;
}

/** The fields without their parts that are marks. A field of which nothing is left is left out. */
function withoutParts(fields: readonly string[], isMark: (part: string) => boolean, rules: KeyRules): string[] {
  return fields.flatMap((field) => {
    const parts = partsOf(field, rules);
    const rest = parts.filter((part) => !isMark(part));
    return rest.length === 0 ? [] : [rest.join(';')];
  });
}

/** The parameters and folders that the key of the URL leaves out, as written in the URL. */
export function marksOf(url: string, rules: KeyRules = KEY_RULES): string[] {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const inPath = [...ownPath(path).matchAll(pathSession(rules))]
    .filter(([, id]) => isPathId(id!, rules))
    .map(([whole]) => whole);
  const folders = rules === 3 ? (ownPath(withoutParameters(path, rules)).match(SESSION_FOLDER) ?? []) : [];
  const fields = query < 0 ? [] : url.slice(query + 1).split('&');
  const parts = fields.flatMap((field) => partsOf(field, rules));
  return [...inPath, ...folders, ...parts.filter(markTest(url, rules))];
}

function partsOf(field: string, rules: KeyRules): string[] {
  return rules === 3 && field.includes(';') ? field.split(NEXT_FIELD) : [field];
}

function pathSession(rules: KeyRules): RegExp {
  return rules === 3 ? PATH_SESSION : SECOND_PATH_SESSION;
}

function withoutPathIds(url: string, rules: KeyRules): string {
  const bare = url.includes(';') ? withoutParameters(url, rules) : url;
  if (rules !== 3 || !bare.includes('))/')) return bare;
  return bare.slice(0, hostEnd(bare)) + ownPath(bare).replace(SESSION_FOLDER, '');
}

function withoutParameters(url: string, rules: KeyRules): string {
  const path = ownPath(url).replace(pathSession(rules), (whole, id) => (isPathId(id, rules) ? '' : whole));
  return url.slice(0, hostEnd(url)) + path;
}

function ownPath(url: string): string {
  return url.slice(hostEnd(url));
}

/** A semicolon and brackets may be part of a host too. */
function hostEnd(url: string): number {
  const slash = url.indexOf('/', url.indexOf('://') + 3);
  return slash < 0 ? url.length : slash;
}

function isPathId(id: string, rules: KeyRules): boolean {
  return rules === 1 || isToken(id, rules === 2);
}

/** Makes the test that tells the tracking parameters and session ids among the query fields of this URL. */
function markTest(url: string, rules: KeyRules): (field: string) => boolean {
  /** Computed once for the URL, at the first field that needs it. */
  let isColdFusion: boolean | null = null;
  return (field) => {
    const equals = field.indexOf('=');
    const name = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const kind = kindOf(name, rules === 1 ? FIRST_KIND_OF : rules === 2 ? SECOND_KIND_OF : KIND_OF);
    if (kind === 'mark') return true;
    const value = equals < 0 ? '' : field.slice(equals + 1);
    if (kind === undefined && name !== 'cfid') return rules === 3 && isNamedSession(name, value);
    if (rules === 1) return FIRST_ID.test(value);
    if (COLD_FUSION.has(name)) {
      isColdFusion ??= hasColdFusion(url, rules);
      if (isColdFusion) return true;
    }
    if (kind === 'system') return isToken(value, rules === 2);
    return kind === 'session' && isSessionId(value, mixedOf(name, rules));
  };
}

/** A UUID behind such a name is often that of a page: the session of a conference. */
function isNamedSession(name: string, value: string): boolean {
  const mayBe = name.includes('sess') || name.endsWith('sid');
  return mayBe && SESSION_NAME.test(name) && !isUuid(value) && isSessionId(value, 'random');
}

function hasColdFusion(url: string, rules: KeyRules): boolean {
  if (rules === 2) return SECOND_COLD_FUSION_ID.test(url) && SECOND_COLD_FUSION_TOKEN.test(url);
  return (COLD_FUSION_ID.test(url) && COLD_FUSION_TOKEN.test(url)) || (LUCEE_ID.test(url) && LUCEE_TOKEN.test(url));
}

/** Which values of letters and digits are sessions: none of `s`, which is a search more often. */
function mixedOf(name: string, rules: KeyRules): Mixed {
  return name === 's' ? 'none' : rules === 2 ? 'any' : 'random';
}

type Kind = 'mark' | 'system' | 'session';
type Kinds = ReadonlyMap<string, Kind>;

function kinds(lists: Partial<Record<Kind, string>>): Kinds {
  return new Map(Object.entries(lists).flatMap(([kind, list]) => list.split(' ').map((name) => [name, kind as Kind])));
}

function kindOf(name: string, kinds: Kinds): Kind | undefined {
  const kind = kinds.get(name);
  if (kind !== undefined) return kind;
  const beginning = name.startsWith('utm_') ? 'utm_*' : name.startsWith('aspsessionid') ? 'aspsessionid*' : '';
  return kinds.get(beginning);
}
