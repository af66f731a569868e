import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { looksLikeLogout } from './logout.ts';

/** As the URL parser writes it. */
const at = (path: string): string => new URL(path, 'https://a.test/').href;

test('looksLikeLogout: what can mean nothing else', () => {
  for (const path of [
    '/logout',
    '/account/Log-Out/',
    '/sign_out.php?next=/',
    '/wp-login.php?action=logout&_wpnonce=1',
    '/?logoff',
    '/signoff;x=1',
    '/logout.action',
    '/session/destroy',
    '/sessions/end',
    '/Log%20Out',
    '/Log%20Out.aspx',
    '/user/log+out?token=1',
    '/users/sign_out',
    '/index.php/logout',
    '/en/logout',
    '/pt-br/sair/../logout',
    '/?logout=true',
    '/index.php?option=com_users&task=user.logout',
    '/?q=user/logout',
    '/forum/ucp.php?mode=logout&sid=1',
    '/w/index.php?title=Special:UserLogout',
    '/wiki/Special:Userlogout',
    '/wiki/Spezial:Abmelden',
    '/abmelden',
    '/déconnexion',
    '/Se%20déconnecter',
    '/cerrar-sesión',
    '/terminar_sess%C3%A3o',
    '/wyloguj-się',
    '/выход',
    '/konto/выйти',
    '/ログアウト',
    '/退出登录',
    '/로그아웃',
    '/çıkış',
    '/đăng-xuất',
    '/تسجيل-الخروج',
    '/αποσύνδεση',
    '/salir',
    '/pt/sair.php',
    '/esci/',
    '/log-af',
    '/odhlásiť-sa',
    '/ieșire',
    '/安全退出',
    '/customer-logout/',
    '/?customer-logout=true',
    '/my-account/customer-logout/',
    '/j_spring_security_logout',
    '/logout_user',
    '/admin/logout',
    '/site/logout',
    '/wp-admin/logout.php',
    '/LogoutServlet',
    '/doLogout.do',
    '/auth/confirm-logout',
    '/disconnect',
    '/log\u2010out',
    '/signout-oidc',
    '/saml/SingleLogoutService.php',
    '/fermer-la-session',
    '/de/Sitzung%20beenden',
    '/выхад',
  ]) {
    assert.equal(looksLikeLogout(at(path)), true, path);
    assert.equal(looksLikeLogout(at(path), true), true, path);
  }
});

test('looksLikeLogout: also where it ends the sessions of other devices', () => {
  for (const path of [
    '/logout-all-devices',
    '/account/sign-out-everywhere',
    '/sessions/logout_others',
    '/force-logout',
  ]) {
    assert.equal(looksLikeLogout(at(path)), true, path);
  }
});

test('looksLikeLogout: forms that single programs write', () => {
  for (const path of [
    '/perform_logout',
    '/adfs/ls/?wa=wsignout1.0',
    '/?wa=wsignoutcleanup1.0',
    '/?mylogout=',
    '/Logout!default.jspa',
    '/d%E9connexion',
    '/secure/Logout!default.jspa',
    '/j_atl_security_logout',
    '/ibm_security_logout',
    '/manage_zmi_logout',
    '/exchweb/bin/auth/owalogoff.asp',
    '/mantis/logout_page.php',
    '/forum/logout.php',
    '/_layouts/15/SignOut.aspx',
    '/on/shop.store/en_US/Login-Logout',
    '/as/end_session.oauth2',
    '/user_sessions/destroy',
    '/realms/a/protocol/openid-connect/logout',
    '/application/o/app/end-session/',
    '/common/oauth2/v2.0/logout',
    '/saml/slo',
    '/saml2/idp/SingleLogoutService.php',
    '/index.php?/logout/',
    '/index.php?logout/&t=1',
    '/index.php?route=/logout',
    '/admin/index.php?route=common/logout',
    '/index.php?page=logout',
    '/?logintype=logout',
    '/mail/?_task=logout',
    '/index.cfm?fuseaction=user.logout',
    '/opac-main.pl?logout.x=1',
    '/?action=um_logout',
    '/?swpm-logout=true',
    '/index.php?do=exit',
    '/any/thing/logout?returnTo=/',
    '/community/x/logout?csrf_token=1',
  ]) {
    assert.equal(looksLikeLogout(at(path)), true, path);
    assert.equal(looksLikeLogout(at(path), true), true, path);
  }
});

test('looksLikeLogout: names of programs with dots, brackets and colons are known where credentials were given', () => {
  for (const path of [
    '/apex/apex_authentication.logout?p_app_id=100',
    '/pls/prod/twbkwbis.P_Logout',
    '/irj/portal/com.sap.portal.navigation.masthead.LogOutComponent',
    '/+webvpn+/webvpn_logout.html',
    '/pls/apex/f?p=100:LOGOUT:4711',
    '/login.php?action=out&id=2&csrf_token=1',
    '/cs/sign/out',
    '/en/sign/out/',
    '/?presenter=Sign&action=out',
    '/?do[logout]=1',
    '/?user%5Bsign_out%5D=1',
    '/login.php?0,logout=1',
    '/wicket/page?1-1.ILinkListener-header-logoutLink',
    '/app/?3-1.-signOut',
  ]) {
    assert.equal(looksLikeLogout(at(path), true), true, path);
    assert.equal(looksLikeLogout(at(path)), false, path);
  }
  assert.equal(looksLikeLogout(at('/ui?sap-sessioncmd=USR_LOGOFF')), true);
  for (const path of [
    '/login.php?action=outbox',
    '/stock?action=out&item=3',
    '/sign/outdoor',
    '/sign/out.png',
    '/catalog/out',
    '/how_to_logout_of_it',
    '/lib/auth.logout.js',
    '/?filter[blog]=1',
    '/?1-1.ILinkListener-logoutput',
    '/f?p=100:LOG:4711',
  ]) {
    assert.equal(looksLikeLogout(at(path), true), false, path);
  }
});

test('looksLikeLogout: words of many languages, with words that say no more, in the folders of accounts', () => {
  for (const path of [
    '/izloguj-se',
    '/salir-de-la-cuenta',
    '/fermer-ma-session',
    '/jetzt-abmelden',
    '/выйти-из-аккаунта',
    '/güvenli-çıkış',
    '/uye-cikis.asp',
    '/espace-client/deconnexion',
    '/area-clienti/esci',
    '/mijn-account/uitloggen',
    '/moj-ucet/odhlasit',
    '/mina-sidor/logga-ut',
    '/личный-кабинет/выход',
    '/会員/ログアウト',
    '/wiki/Toiminnot:Kirjaudu_ulos',
    '/wiki/Speciel:Brugerlogud',
    '/wiki/Служебная:Завершение_сеанса',
    '/w/index.php?title=Đặc_biệt:Đăng_xuất',
    '/minha-conta/deslogar',
    '/compte/desconnexió',
    '/退出登入',
    '/cont/deconectează-te',
    '/account/shkyçu',
  ]) {
    assert.equal(looksLikeLogout(at(path)), true, path);
    assert.equal(looksLikeLogout(at(path), true), true, path);
  }
});

test('looksLikeLogout: every word of its list is found, whatever its case and its ending', () => {
  const source = readFileSync(new URL('./logout-words.ts', import.meta.url), 'utf8');
  const lists = [...source.matchAll(/`((?:logmeout|abmeldung) [^`]+)`/g)].map(([, list]) => list!);
  const words = lists.join(' ').split(/\s+/);
  assert.ok(lists.length === 2 && words.length > 100);
  for (const word of words) {
    assert.equal(looksLikeLogout(at(`/${word}`)), true, word);
    assert.equal(looksLikeLogout(at(`/${word.toUpperCase()}.php`)), true, word);
  }
});

test('looksLikeLogout: what may be a page is one where no credentials were given', () => {
  for (const path of [
    '/wiki/Logout',
    '/docs/logout/',
    '/docs/api/sign-out.html',
    '/blog/2024/logoff',
    '/qt/logout.html',
    '/wiki/Выход',
    '/glossar/Abmeldung',
    '/search?q=logout',
    '/wiki/index.php?title=Logout',
    '/login?next=/logout',
    '/tag/signout;page=2',
    '/docs/en/logout',
    '/docs/auth/logout',
    '/manual/session/end',
    '/help/de/Abmelden',
    '/hilfe/konto/abmelden',
    '/aide/compte/déconnexion',
    '/support/account/logout',
    '/помощь/account/выход',
    '/sdk/auth/logout.html',
    '/api-reference/auth/logout',
    '/user-guide/logout',
    '/cli/commands/logout?next=1',
    '/lyrics/esci',
    '/api/org/acme/security/web/authentication/logout/package-summary.html',
    '/api/org/acme/web/authentication/logout/LogoutHandler.html',
    '/classes/LogoutService.html',
    '/acme/shop/blob/main/admin/logout.php',
    '/cgit/shop/tree/admin/logout.php',
    '/dict/en-de/logout',
    '/newsletter/abmelden',
    '/wiki/index.php?page=Logout',
    '/exit',
  ]) {
    assert.equal(looksLikeLogout(at(path)), false, path);
    assert.equal(looksLikeLogout(at(path), true), true, path);
  }
});

test('looksLikeLogout: a word for leaving is a logout only at the end of a path', () => {
  for (const path of ['/salir/restaurantes', '/de/abmeldung/kfz', '/выход/в-свет']) {
    assert.equal(looksLikeLogout(at(path)), false, path);
  }
});

test('looksLikeLogout: words that only contain it are pages', () => {
  for (const path of [
    '/logout-buttons-in-css',
    '/salirse-con-la-suya',
    '/descise',
    '/skrautlegt',
    '/blog/how-to-logout-of-everything',
    '/login',
    '/catalogout',
    '/?q=logout+page',
    '/wiki/Special:Log',
    '/%',
    '/%E9/logbook',
    '/a=logout/x',
    '/logouts',
    '/logout-explained',
    '/customer/account/logoutSuccess',
    '/img/logout.png',
    '/salir-de-fiesta',
    '/exit-interview',
    '/design/sign-off-process',
    '/saml-guide/slo',
    '/abmeldung-newsletter',
    '/lesson/exit',
    '/?q=exit',
    '/?s=quit',
    '/js/logout.js',
    '/icons/sign-out.svg',
    '/auth/logout.md',
    `/${'logout'.repeat(100)}`,
  ]) {
    assert.equal(looksLikeLogout(at(path), true), false, path);
  }
  assert.equal(looksLikeLogout('https://logout.test/', true), false);
  assert.equal(looksLikeLogout('urn:logout', true), false);
});
