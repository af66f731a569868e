// Links that would end a session. A crawl with credentials must not lose its session, so it skips every URL that may be
// a logout. A crawl without credentials skips only URLs that can mean nothing else: a wiki page about logging out is a
// page.

import { lazily } from '../base/on-demand.ts';

/**
 * Words for logging out in the languages of most pages, in the form that `folded` gives. Many are the plain word for
 * leaving.
 */
const words = lazily(
  () =>
    new Set(
      `logmeout disconnect endsession destroysession sessiondestroy sessionend sessiondelete abmelden abmeldung ausloggen sitzungbeenden déconnexion déconnecter
sedéconnecter medéconnecter fermersession fermerlasession findesession cerrarsesión cierredesesión desconectar desconectarse desconexión
finalizarsesión terminarsesión pecharsesión salir sair saír terminarsessão encerrarsessão fecharsessão tancasessió tancarsessió
disconnetti disconnettiti disconnessione scollegati esci chiudisessione terminasessione uitloggen loguit afmelden meldaf tekenuit
loggaut loggautmig loggaav logud logaf loggut loggav kirjauduulos uloskirjautuminen útskráning skráút wyloguj wylogujsię wylogowanie
odhlásit odhlásitse odhlásiť odhlásiťsa odhlášení odhlásenie odjava odjavise kijelentkezés kilépés deconectare deautentificare delogare
ieșire atsijungti iziet izlogoties logivälja allgofnodi saioaitxi çıkış çıkışyap oturumukapat çıxış keluar logkeluar đăngxuất thoát
выход выйти вихід вийти выхад выйсці изход одјава излез αποσύνδεση έξοδος გასვლა ելք התנתקות התנתק יציאה خروج تسجيلالخروج تسجيلخروج लॉगआउट साइनआउट
ออกจากระบบ ログアウト ログオフ サインアウト 退出 退出登录 退出登錄 退出登陆 安全退出 退出系统 登出 注销 註銷 로그아웃 로그오프`
        .split(/\s+/)
        .map(folded),
    ),
);
/** The English words, alone or with a word that programs put beside them: `logout_user`, `LogoutServlet`. */
const WITH =
  'account|action|admin|all|auth|click|confirm|customer|do|handler|jspringsecurity|member|me|my|now|oidc|perform|process|request|service|servlet|session|single|user|wc';
/** `wsignout1.0` and `wsignoutcleanup1.0` are words of WS-Federation. */
const ENGLISH = new RegExp(`^(?:${WITH}|w)?(?:log|sign)(?:out|off)(?:${WITH}|(?:cleanup)?\\d{0,2})?$`);
/** Names of folders in which sites keep accounts, or their own programs. */
const ACCOUNT_FOLDERS = new Set(
  `account accounts admin administrator app backend cpanel dashboard panel portal site wp-admin auth authentication cas cgi-bin
customer customers cuenta compte conta identity konto login member members membership my me mi mein myaccount my-account mi-cuenta
mon-compte mein-konto oauth oauth2 profile saml session sessions sso user users usuario utilisateur benutzer`.split(
    /\s+/,
  ),
);
/** Names of folders whose pages are about something: `/docs/auth/logout` explains it. */
const ABOUT = new Set(
  `aide aiuto ajuda api-docs apidocs apis article articles ayuda blog book books doc docs documentation faq glossary guide guides handbook
help hilfe hjälp hjælp hulp javadoc kb knowledge learn man manual news pomoc post posts reference sdk support tutorial tutorials wiki
yardım помощь справка довідка 帮助 幫助 ヘルプ 도움말`.split(/\s+/),
);
/** Query fields whose value names an action. */
const ACTIONS = new Set(
  'a act action cmd command do event func function m method mode op operation option task todo wa'.split(' '),
);
/** Query fields whose value is a path inside the program. */
const ROUTES = new Set('page path q r route'.split(' '));
/** Segments before the real path: `/en/`, `/pt-br/`, `/index.php/`. */
const ENTRANCE =
  /^(?:ar|be|bg|ca|cs|cy|da|de|el|en|es|et|eu|fa|fi|fr|ga|gl|he|hi|hr|hu|id|is|it|ja|ko|lt|lv|ms|mt|nb|nl|nn|no|pl|pt|ro|ru|sk|sl|sr|sv|th|tr|uk|vi|zh)(?:[-_][a-z]{2,4})?$|\.[a-z]{2,5}\d?$/i;
/** MediaWiki's namespace of pages that perform an action. */
const SPECIAL = /^(?:special|spezial|sp[eé]cial|speciale|especial|speciaal|specjalna|служебная|특수|特別|特殊):(?=.)/iu;
/** The ending of a program. Texts, images, styles and scripts end otherwise: they log nobody out. */
const PROGRAM =
  /\.(?!(?:md|txt|rst|pdf|png|jpe?g|gif|svg|webp|avif|ico|bmp|css|m?js|map|woff2?|ttf|eot|mp[34])$)[a-z]{2,6}$/i;
const LONGEST_WORD = 60;
/**
 * Every ASCII word of the list contains one of these parts, and few other URLs do. An escaped URL always goes on to the
 * full test.
 */
const PART =
  /log|sign|meld|conne|conec|sesi|sess|sitz|autent|colle|ulos|skran|hlas|odjav|jelent|kilep|sijung|iziet|iesire|ciki|cixis|oturum|keluar|xuat|thoat|salir|sair|esci|tekenuit|allgof|saioa|%/i;

/** Whether the URL logs its user out. `hasCredentials`: the crawl may be logged in. */
export function looksLikeLogout(url: string, hasCredentials = false): boolean {
  const from = url.indexOf('/', url.indexOf('://') + 3);
  if (from < 0 || !PART.test(url)) return false;
  const query = url.indexOf('?', from);
  const path = query < 0 ? url.slice(from + 1) : url.slice(from + 1, query);
  if (isLogoutPath(path, hasCredentials)) return true;
  const fields = query < 0 ? [] : url.slice(query + 1).split(/[&;]/);
  return fields.some((field) => isLogoutField(field, hasCredentials));
}

function isLogoutPath(path: string, hasCredentials: boolean): boolean {
  const segments = path.split('/');
  return segments.some((segment, at) => {
    const [name = '', ...fields] = segment.split(';');
    const means = meaningOf(name) ?? (isSession(segments[at - 1]) ? meaningOf(`session${name}`) : null);
    if (means === 'special' || (means === 'logout' && (hasCredentials || isEntrance(segments.slice(0, at)))))
      return true;
    return fields.some((field) => isLogoutField(field, hasCredentials));
  });
}

/** Programs of one kind have `/session/destroy`. */
function isSession(segment: string | undefined): boolean {
  return segment !== undefined && /^sessions?$/i.test(segment);
}

/** Whether what follows the segments belongs to the site as a whole or to somebody's account. */
function isEntrance(segments: readonly string[]): boolean {
  if (segments.some((segment) => ABOUT.has(decoded(segment).toLowerCase()))) return false;
  const last = segments.at(-1);
  return last === undefined || ENTRANCE.test(last) || ACCOUNT_FOLDERS.has(last.toLowerCase());
}

function isLogoutField(field: string, hasCredentials: boolean): boolean {
  const equals = field.indexOf('=');
  if (meaningOf(equals < 0 ? field : field.slice(0, equals)) !== null) return true;
  if (equals < 0) return false;
  const name = field.slice(0, equals).toLowerCase();
  const value = field.slice(equals + 1);
  const means = meaningOf(value);
  if (means !== null) return means === 'special' || hasCredentials || ACTIONS.has(name);
  const path = decoded(value);
  return path.includes('/') && (hasCredentials || ROUTES.has(name)) && isLogoutPath(path, hasCredentials);
}

function meaningOf(written: string): 'logout' | 'special' | null {
  if (written === '' || written.length > 6 * LONGEST_WORD) return null;
  // `Logout!default.jspa` names an action and its method.
  const [text = ''] = decoded(written).split('!');
  if (text.length > LONGEST_WORD) return null;
  const word = text.includes(':') ? text.replace(SPECIAL, '') : text;
  if (!isWord(folded(word)) && !(word.includes('.') && isWord(folded(word.replace(PROGRAM, ''))))) return null;
  return word === text ? 'logout' : 'special';
}

function isWord(text: string): boolean {
  return ENGLISH.test(text) || words().has(text);
}

/** Bytes that are no UTF-8 are read as Latin-1. */
function decoded(written: string): string {
  if (!written.includes('%')) return written;
  try {
    return decodeURIComponent(written);
  } catch {
    return written.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

/** The text in lower case, without accents and without word separators. */
function folded(text: string): string {
  const joined = (
    /[\s\-_.+\u2010-\u2015]/.test(text) ? text.replace(/[\s\-_.+\u2010-\u2015]+/g, '') : text
  ).toLowerCase();
  if (/^[ -~]*$/.test(joined)) return joined;
  return joined
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ı', 'i')
    .replaceAll('đ', 'd');
}
