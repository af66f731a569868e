// What every store promises, as one suite that each implementation runs. Time is an argument throughout.

import { after } from 'node:test';
import { commitsContract } from './store-commits.ts';
import { cookiesContract } from './store-cookies.ts';
import { depthContract } from './store-depth.ts';
import { leasingContract } from './store-leasing.ts';
import { resumingContract } from './store-resuming.ts';
import { notesContract, rowsContract } from './store-rows.ts';
import type { StorePlace, Suite } from './store-samples.ts';

export * from './store-samples.ts';

/** Runs the suite on places that `makePlace` makes; names start with `name`. */
export function storeContract(name: string, makePlace: () => StorePlace, { randomShare = 1 } = {}): void {
  const places = new Set<StorePlace>();
  after(async () => {
    for (const place of places) await place.remove();
  });
  const newPlace = (): StorePlace => {
    const place = makePlace();
    const remove = async (): Promise<void> => {
      if (places.delete(kept)) await place.remove();
    };
    const kept: StorePlace = { ...place, remove };
    places.add(kept);
    return kept;
  };
  const suite: Suite = { name, newPlace, randomShare };
  leasingContract(suite);
  commitsContract(suite);
  depthContract(suite);
  rowsContract(suite);
  notesContract(suite);
  cookiesContract(suite);
  if (newPlace().reader !== null) resumingContract(suite);
}
