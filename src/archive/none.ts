// No archive: the bytes are dropped once their links are known.

import type { Archive } from '../base/contracts.ts';

export const noArchive: Archive = {
  async append({ spooled }) {
    spooled?.drop();
    return null;
  },
  flush: async () => {},
  close: async () => {},
};
