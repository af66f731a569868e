// npm run peers -- [--kills N] [--seed S] [--peer NAME] What is left of a crawl by gossamer, Scrapy, Crawlee, wget2 and
// wget that is killed again and again, and gone on with as each of them says. Who is not installed is left out.

import { parseArgs } from 'node:util';
import { runSeed } from '../../helpers/random.ts';
import { CRAWLEE_FOLDER, PEERS, type Peer } from './peers.ts';
import { addLosses, killAndGoOn, type Losses, NO_LOSSES } from './script.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '20' }, seed: { type: 'string' }, peer: { type: 'string' } },
});
const kills = Number(values.kills);
const { peer: wanted } = values;
const chosen = PEERS.filter(({ name }) => wanted === undefined || name.toLowerCase().startsWith(wanted.toLowerCase()));
if (!(kills >= 1) || chosen.length === 0) {
  console.error(
    `usage: npm run peers -- [--kills N] [--seed S] [--peer NAME]; ${PEERS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
const seed = values.seed === undefined ? runSeed('peers') : Number(values.seed);

console.log(`${kills} kills each at least, seed ${seed}`);
console.log(
  '| crawler | kills | pages | never had | of these never answered | asked again | torn | double | failed runs |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const peer of chosen) {
  const version = versionOf(peer);
  if (version === null) console.log(`${peer.name} is not installed${howToInstall(peer)}: it is left out.`);
  else console.log(lineOf(`${peer.name} ${version}`, await killOften(peer)));
}

async function killOften(peer: Peer): Promise<Losses> {
  let sum = NO_LOSSES;
  for (let crawl = 0; sum.kills < kills; crawl += 1) sum = addLosses(sum, await killAndGoOn(peer, seed + crawl));
  return sum;
}

function versionOf(peer: Peer): string | null {
  try {
    return peer.version();
  } catch {
    return null;
  }
}

function howToInstall({ name }: Peer): string {
  return name.startsWith('Crawlee') ? ` (npm install --prefix ${CRAWLEE_FOLDER} crawlee)` : '';
}

function lineOf(name: string, losses: Losses): string {
  const { pages, neverHad, neverAnswered, askedAgain, torn, doubled, failedRuns } = losses;
  const cells = [name, losses.kills, pages, neverHad, neverAnswered, askedAgain, torn, doubled, failedRuns];
  return `| ${cells.join(' | ')} |`;
}
