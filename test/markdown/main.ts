// npm run coverage:markdown -- --only postgresql --every 10 --show 5
// Measures every page of three installed documentations, and shows what is missing in the worst pages.

import { parseArgs } from 'node:util';
import { cover, KINDS, noCoverage } from './coverage.ts';
import { DOCUMENTATION, pagesOf } from './documentation.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    every: { type: 'string', default: '1' },
    show: { type: 'string', default: '0' },
  },
});
for (const documentation of DOCUMENTATION) {
  if (values.only !== undefined && values.only !== documentation.name) continue;
  const coverage = noCoverage();
  for (const file of pagesOf(documentation, Number(values.every))) cover(coverage, file, documentation.chrome);
  const { pages, wanted, had, strange, lacking } = coverage;
  console.log(`${documentation.name}: ${pages} pages, ${lacking.length} of them lack something`);
  for (const kind of KINDS) {
    console.log(
      `  ${kind.padEnd(10)} ${had[kind]} of ${wanted[kind]} (${((100 * had[kind]) / wanted[kind]).toFixed(3)} %)`,
    );
  }
  console.log(`  ${strange} words of the exports are not of the content`);
  const worst = lacking.toSorted((one, other) => other.missing.length - one.missing.length);
  for (const { file, missing } of worst.slice(0, Number(values.show))) {
    console.log(
      `  ${file}: ${missing.length} missing\n${missing
        .slice(0, 8)
        .map((each) => `    ${each.slice(0, 140)}`)
        .join('\n')}`,
    );
  }
}
