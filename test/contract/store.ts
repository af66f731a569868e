// What every store promises, as one suite that each implementation runs. Time is an argument throughout.

import { after } from 'node:test';
import { commitsContract } from './store-commits.ts';
import { depthContract } from './store-depth.ts';
import { leasingContract } from './store-leasing.ts';
import { resumingContract } from './store-resuming.ts';
import { notesContract, rowsContract } from './store-rows.ts';
import type { StorePlace, Suite } from './store-samples.ts';

export * from './store-samples.ts';

/** Runs the suite on places that `makePlace` makes; names start with `name`. */
export function storeContract(name: string, makePlace: () => StorePlace): void {
  const places: StorePlace[] = [];
  after(() => {
    for (const place of places) place.remove();
  });
  const newPlace = (): StorePlace => {
    const place = makePlace();
    places.push(place);
    return place;
  };
  const suite: Suite = { name, newPlace };
  leasingContract(suite);
  commitsContract(suite);
  depthContract(suite);
  rowsContract(suite);
  notesContract(suite);
  if (newPlace().reader !== null) resumingContract(suite);
}
