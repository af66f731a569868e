// The words of logouts: what programs, and people in many languages, write in addresses. All are kept in the form that
// `folded` gives.

import { lazily } from '../base/on-demand.ts';

const wordsIn = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).map(folded));

/** Words for logging out in the languages of most pages. */
const logouts = lazily(() =>
  wordsIn(
    `logmeout endsession destroysession sessiondestroy sessionend sessiondelete abmelden ausloggen sitzungbeenden déconnexion déconnecter
sedéconnecter medéconnecter fermersession findesession cerrarsesión cierredesesión cierresesión desconectar desconectarse desconexión
desloguear desloguearse deslogar deslogarse desconnexió desconnectar desconnectarse finalizarsesión terminarsesión pecharsesión
terminarsessão encerrarsessão finalizarsessão fecharsessão tancasessió tancarsessió disconnetti disconnettiti disconnessione scollegati
chiudisessione terminasessione uitloggen loguit afmelden meldaf tekenuit loggaut loggautmig loggaav utloggning logud logaf brugerlogud
loggut loggav utlogging kirjauduulos uloskirjautuminen uloskirjaus útskráning skráút wyloguj wylogujsię wylogowanie odhlásit odhlásitse
odhlásiť odhlásiťsa odhlášení odhlásenie odjavise odjavitese izlogujse kijelentkezés deconectare deautentificare delogare atsijungti izrakstīties
izlogoties logivälja deconecteazăte deconectațivă shkyçu allgofnodi logáilamach saioaitxi elsaluti oturumukapat oturumusonlandır çkyçu
logkeluar keluarlog đăngxuất завершениесеанса завершитьсеанс завершениесеансу αποσύνδεση התנתקות התנתק تسجيلالخروج تسجيلخروج خروجازسامانه
لاگآؤٹ लॉगआउट साइनआउट লগআউট வெளியேறு ออกจากระบบ ログアウト ログオフ サインアウト 退出登录 退出登錄 退出登陆 退出登入 安全退出 退出系统 用户退出 登出 注销 註銷 로그아웃 로그오프`,
  ),
);
/** Plain words for leaving. They mean a logout only at the end of a path: `/salir/bares` is about going out. */
const leavings = lazily(() =>
  wordsIn(
    `abmeldung disconnect salir sair saír esci odjava kilépés ieșire iziet çıkış çıkışyap çıxış keluar thoát выход выйти vyhod vyiti вихід вийти выхад выйсці
изход одјава излез έξοδος გასვლა ելք יציאה خروج шығу chiqish 退出`,
  ),
);
/** English words for leaving. They mean a logout only as an action, or where credentials were given. */
const EXITS: ReadonlySet<string> = new Set(['exit', 'quit']);
/** What programs put beside the English words: `logout_user`, `LogoutServlet`, `j_spring_security_logout`. */
const WITH =
  'account|action|admin|all|atl|auth|cas|click|confirm|customer|devices|do|everywhere|force|handler|ibm|j|manage|member|me|my|now|oidc|\
others|perform|pkms|process|request|saml2?|security|service|servlet|session|single|spring|user|wc|xwiki|zmi';
/** `wsignout1.0` and `wsignoutcleanup1.0` are words of WS-Federation. */
const ENGLISH = new RegExp(
  `^(?:(?:${WITH})*|w)(?:log|sign)(?:out|off)(?!process$)(?:(?:${WITH})+|(?:cleanup)?\\d{0,2})$`,
);
/** What only programs are called, wherever they stand. */
const PROGRAM_NAME = new RegExp(
  `^(?:endsession|(?:${WITH})*(?:log|sign)(?:out|off)(?:servlet|service|handler|action))$`,
);

/** Names of accounts and of whoever has one. */
const ACCOUNT = `account accounts customer customers login me member members membership mi my profile user users cuenta cliente clientes
miembro miembros perfil usuario usuarios compte monespace client clients membre membres profil utilisateur conta membro membros usuários identity conto clienti mio
profilo utente utenti konto kunde kunden kundenkonto mein meine meinbereich benutzer mitglied mitglieder mijn klant klanten gebruiker minsida minasidor minside mitt min kund bruker bruger
käyttäjä tili omatili moje klient użytkownik můj můjúčet účet uživatel zákazník účtu užívateľ moj fiók fiókom felhasználó cont contulmeu üye üyelik tàikhoản hesap hesabım hesabı kullanıcı
akun pengguna аккаунт кабинет личныйкабинет пользователь профиль профил акаунт кабінет користувач профіл λογαριασμός 会員 会员 用户 用戶 我的 マイページ mypage 회원 마이페이지`;
const accountNouns = lazily(() => wordsIn(ACCOUNT));
/** Words that say nothing more about a logout: the names of accounts, articles, `now`, `safely`, `please`. */
const companions = lazily(() =>
  wordsIn(
    `${ACCOUNT} the your please now safely de del la el tu su ma mon votre le ahora segura seguro a o da do das minha sua
dal dalla il tuo jetzt sicher bitte dem vom das von z ze się güvenli из с от системы аккаунта системи index main
area bereich centro espace il zona`,
  ),
);
/** Folders in which sites keep their own programs. */
const programs = lazily(() =>
  wordsIn(
    `admin administrator ajax app backend bin board cdn-cgi cgi cgi-bin cms community connect controller core cpanel dashboard extranet forum forums
icf idp intranet ls mail main mon moodle my myresearch nova oam oauth oauth2 oidc openid openid-connect panel portal protected redirect rest rpc saml saml2
secure security self server servlet servlets session sessions shop site sp sso store system ui vpn webmail wp wp-admin auth authentication access cas api-auth wc-api
myaccount owa usersession usersessions xui nextcloud owncloud`,
  ),
);
/** Names of folders whose pages are about something: `/docs/auth/logout` explains it. */
const abouts = lazily(() =>
  wordsIn(
    `aide aiuto ajuda apidocs apis article articles ayuda blame blob blog book books browser cgit command commands dict dictionary doc docs
documentation example examples faq
function functions glossar glossary guide guides handbook help hilfe hjälp hjælp hulp icon icons javadoc kb knowledge knowledgebase learn man manual manuals
news package packages pomoc post posts question questions reference sdk support tag tags topic topics tree tutorial tutorials viewvc wiki wörterbuch
yardım помощь справка довідка 帮助 幫助 ヘルプ 도움말`,
  ),
);
/** MediaWiki's namespace of pages that perform an action, in its languages. */
const specials = lazily(() =>
  wordsIn(
    `special spezial spécial speciale especial speciaal specjalna speciel spesial speciala speciální špeciálne speciális speciálna istimewa toiminnot
özel đặc_biệt posebno посебно служебная спеціальна спэцыяльныя специални ειδικό berezi eri specialus kerfissíða خاص ویژه מיוחד พิเศษ विशेष 특수 特別 特别 特殊`,
  ),
);

export type LogoutWord = 'logout' | 'program' | 'leaving' | 'exit';

/** What a part of a path or a query says of a logout; null if it is not about one. */
export function logoutWord(text: string): LogoutWord | null {
  const plain = wordOf(folded(text));
  if (plain !== null) return plain;
  const parts = partsOf(text);
  if (parts.length < 2) return null;
  const telling = parts.filter((part) => !companions().has(part));
  return telling.length === 0 || telling.length === parts.length ? null : wordOf(telling.join(''));
}

function wordOf(word: string): LogoutWord | null {
  if (PROGRAM_NAME.test(word)) return 'program';
  if (ENGLISH.test(word) || logouts().has(word)) return 'logout';
  if (leavings().has(word)) return 'leaving';
  return EXITS.has(word) ? 'exit' : null;
}

/** Whether the folder belongs to somebody's account, or holds programs. `v2` is the version of an interface. */
export function isAccountOrProgram(folder: string): boolean {
  if (programs().has(folded(folder)) || accountNouns().has(folded(folder))) return true;
  if (/^v\d(?:\.\d)?$/i.test(folder)) return true;
  const parts = partsOf(folder);
  return parts.some((part) => accountNouns().has(part)) && parts.every((part) => companions().has(part));
}

/** Whether what is in the folder is about something. */
export function isAbout(folder: string): boolean {
  return abouts().has(folded(folder)) || partsOf(folder).some((part) => abouts().has(part));
}

export function isSpecial(namespace: string): boolean {
  return specials().has(folded(namespace));
}

/** The words of a name: `UserLogout`, `user-logout` and `user.logout` have two. */
function partsOf(text: string): string[] {
  const parts = text.replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ').split(/[\s\-_.+~:\u2010-\u2015]+/);
  return parts.filter((part) => part !== '').map(folded);
}

/** The text in lower case, without accents and without word separators. */
export function folded(text: string): string {
  const joined = (
    /[\s\-_.+\u200c\u2010-\u2015]/.test(text) ? text.replace(/[\s\-_.+\u200c\u2010-\u2015]+/g, '') : text
  ).toLowerCase();
  if (/^[ -~]*$/.test(joined)) return joined;
  return joined
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ı', 'i')
    .replaceAll('đ', 'd');
}
