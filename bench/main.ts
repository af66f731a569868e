// npm run bench -- NAME [OPTIONS]: one bench, named after its file.

const BENCHES: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<unknown> }>> = {
  crawl: {
    about: 'the cost of a page and pages a second, against wget2, Go and asyncio',
    load: () => import('./crawl.ts'),
  },
  archive: {
    about: 'what the archive costs, against wget, and how fast exports are',
    load: () => import('./archive.ts'),
  },
  coded: {
    about: 'what the archive costs and how large it is where the server compresses its pages',
    load: () => import('./coded.ts'),
  },
  connections: { about: 'ten thousand connections to a slow server', load: () => import('./connections.ts') },
  hosts: {
    about: 'three hundred thousand hosts: memory, pace, a kill in the middle',
    load: () => import('./hosts.ts'),
  },
  knee: {
    about: 'the limit that is found, against fixed ones, on servers of several kinds',
    load: () => import('./knee.ts'),
  },
  machines: {
    about: 'several workers on one job in PostgreSQL, and what one PostgreSQL carries',
    load: () => import('./machines.ts'),
  },
  memory: { about: 'memory over the number of hosts and of URLs', load: () => import('./memory.ts') },
  report: { about: 'runs the others and writes bench/README.md', load: () => import('./report.ts') },
  resume: {
    about: 'from the start of the program to the first request, a million URLs queued',
    load: () => import('./resume.ts'),
  },
  scheduler: { about: 'whose turn it is, among ten thousand hosts: time a page', load: () => import('./scheduler.ts') },
  search: {
    about: 'the index: time and size, questions to many pages, what --index costs a crawl',
    load: () => import('./search.ts'),
  },
  serve: {
    about: 'the page: a filter of a million rows, its memory, what --serve costs a crawl',
    load: () => import('./serve.ts'),
  },
  start: {
    about: 'the cost of starting, against node alone, and the first request of a crawl',
    load: () => import('./start.ts'),
  },
  sitemap: { about: 'a sitemap of 50 MB: time, the longest slice, memory', load: () => import('./sitemap.ts') },
  tls: {
    about: 'https over HTTP/1.1 and HTTP/2, beside Go and asyncio; memory of a connection, cost of a handshake',
    load: () => import('./tls.ts'),
  },
  store: { about: 'the store alone: time, disk and memory a URL', load: () => import('./store.ts') },
};

const [name = ''] = process.argv.splice(2, 1);
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`npm run bench -- NAME [OPTIONS], where NAME is one of:`);
  for (const [each, { about }] of Object.entries(BENCHES)) console.error(`  ${each.padEnd(12)} ${about}`);
  process.exitCode = 2;
} else {
  await bench.load();
}
