// Root ignores permissions, so a test that needs a refusal runs as another user.

const isRoot = process.getuid?.() === 0;

/** Options that run a child process as a user without rights; empty if this process is not root. */
export const NOBODY: { readonly uid?: number; readonly gid?: number } = isRoot ? { uid: 65534, gid: 65534 } : {};

/** Why a test that needs two users is skipped; false if it can run. */
export const NOT_ROOT = isRoot ? false : 'only root can be two users';
