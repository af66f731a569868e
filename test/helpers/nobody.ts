// Permissions mean nothing to root: what a test wants to see refused is tried as somebody else.

const isRoot = process.getuid?.() === 0;

/** Options of a child process that make it one of a user without rights; nothing where we are no root anyway. */
export const NOBODY: { readonly uid?: number; readonly gid?: number } = isRoot ? { uid: 65534, gid: 65534 } : {};

/** Why a test is left out that needs the files of one user and the rights of another; false where it is not. */
export const NOT_ROOT = isRoot ? false : 'only root can be two users';
