import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDENTITY, NOW, type StorePlace, storeContract } from '../../../test/contract/store.ts';
import { lateLedger, lateStore } from '../../../test/helpers/late-store.ts';
import { openLedger, openStore } from './store.ts';

const inFile = (): StorePlace => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-store-'));
  const location = join(folder, 'gossamer.db');
  return {
    open: (identity = IDENTITY, now = NOW) => openStore(location, { identity, now }),
    reader: () => openLedger(location),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

storeContract('sqlite file', inFile);

storeContract('sqlite file, a turn later', (): StorePlace => {
  const { open, reader, remove } = inFile();
  return {
    open: async (identity, now) => lateStore(await open(identity, now)),
    reader: async () => lateLedger(await reader!()),
    remove,
  };
});

storeContract(
  'sqlite memory',
  (): StorePlace => ({
    open: (identity = IDENTITY, now = NOW) => openStore(':memory:', { identity, now }),
    reader: null,
    remove: () => {},
  }),
);
