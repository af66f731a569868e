// The realms of one origin: which URLs belong to which, and which of them refuse the password.

import { FOLDERS_OF_REALM_MAX, REALMS_MAX } from '../../base/limits-of-logins.ts';
import type { DigestSession } from './digest.ts';

export interface Realm {
  readonly name: string;
  /** Null for Basic. */
  session: DigestSession | null;
  /** What the paths of its URLs begin with. */
  readonly folders: Set<string>;
  /** The server has let a request through. */
  hasAccepted: boolean;
  /** A request with the password is on its way, and nobody knows yet whether it is right. */
  isProving: boolean;
  /** No password is sent there any more. */
  isRefused: boolean;
  /** Its user knows that it refused the password. */
  isTold: boolean;
}

export interface Realms {
  /** The realm that a request for this path belongs to, as far as is known; null if none may be answered for. */
  of(path: string): Realm | null;
  named(name: string): Realm | null;
  /** The server asks for an answer in this realm; `domain` is what a challenge of Digest says of its URLs. */
  begin(
    name: string,
    how: { session: DigestSession | null; domain: readonly string[]; origin: string },
    path: string,
  ): Realm;
  /**
   * The realm refused the password for a URL. `isDoubtful`: it may still be right for others. Returns that in words.
   */
  refuse(name: string, how: { readonly scheme: string; readonly isDoubtful: boolean }, path: string): string;
}

/** `onRefused` is told once of each realm that refuses the password. */
export function createRealms(onRefused: (what: string) => void): Realms {
  const realms = new Map<string, Realm>();
  const realmFor = (name: string): Realm => {
    const known = realms.get(name);
    if (known !== undefined) return known;
    if (realms.size >= REALMS_MAX) realms.delete(realms.keys().next().value!);
    const realm: Realm = {
      ...{ name, session: null, folders: new Set<string>() },
      ...{ hasAccepted: false, isProving: false, isRefused: false, isTold: false },
    };
    realms.set(name, realm);
    return realm;
  };
  return {
    of(path) {
      let best: Realm | null = null;
      let length = 0;
      for (const realm of realms.values())
        for (const folder of realm.folders)
          if (folder.length > length && path.startsWith(folder)) {
            best = realm;
            length = folder.length;
          }
      return best === null || best.isRefused ? null : best;
    },
    named: (name) => realms.get(name) ?? null,
    begin(name, { session, domain, origin }, path) {
      const isOnly = realms.size === 0 || (realms.size === 1 && realms.has(name));
      const realm = realmFor(name);
      realm.session = session;
      const named = foldersOf(domain, origin);
      // Digest is for all of the server (RFC 7616, section 3.3), Basic for a folder (RFC 7617, section 2.2). Where
      // there are several realms, a folder is what is known for sure.
      const found = named.length > 0 ? named : session !== null && isOnly ? ['/'] : [folderOf(path)];
      for (const folder of found) if (realm.folders.size < FOLDERS_OF_REALM_MAX) realm.folders.add(folder);
      return realm;
    },
    refuse(name, { scheme, isDoubtful }, path) {
      const realm = realmFor(name);
      const of = name === '' ? '' : `, realm ${JSON.stringify(name)}`;
      const what = `the server refuses the user or the password (${scheme}${of})`;
      if (realm.hasAccepted) return what;
      if (!realm.isTold) onRefused(what);
      realm.isTold = true;
      if (isDoubtful) return what;
      realm.isRefused = true;
      realm.folders.add(folderOf(path));
      return what;
    },
  };
}

/** The paths of those URIs of a `domain` that are of this origin. */
function foldersOf(domain: readonly string[], origin: string): string[] {
  return domain.flatMap((uri) => {
    const url = URL.parse(uri, origin);
    return url?.origin === origin ? [url.pathname] : [];
  });
}

function folderOf(path: string): string {
  return path.replace(/\?.*$/s, '').replace(/[^/]*$/, '');
}
