// The archive that keeps nothing: a body is dropped after its links were read.

import type { Archive } from '../base/contracts.ts';

export const noArchive: Archive = {
  async append({ spooled }) {
    await spooled?.drop();
    return null;
  },
  close: async () => {},
};
