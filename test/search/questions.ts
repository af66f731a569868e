// Questions as people ask them, each with the pages that answer it. Written by hand from the two documentations.

export interface Asked {
  readonly site: 'openjdk' | 'postgresql';
  readonly words: string;
  /** The end of the URL of each page that answers it. */
  readonly pages: readonly string[];
}

export const QUESTIONS: readonly Asked[] = [
  { site: 'openjdk', words: 'string builder', pages: ['/java/lang/StringBuilder.html'] },
  { site: 'openjdk', words: 'hash map', pages: ['/java/util/HashMap.html'] },
  { site: 'openjdk', words: 'read all lines of a file', pages: ['/java/nio/file/Files.html'] },
  { site: 'openjdk', words: 'regular expression pattern', pages: ['/java/util/regex/Pattern.html'] },
  { site: 'openjdk', words: 'thread pool executor', pages: ['/java/util/concurrent/ThreadPoolExecutor.html'] },
  {
    site: 'openjdk',
    words: 'format a date with a pattern',
    pages: ['/java/time/format/DateTimeFormatter.html', '/java/text/SimpleDateFormat.html'],
  },
  { site: 'openjdk', words: 'parse xml document builder', pages: ['/javax/xml/parsers/DocumentBuilder.html'] },
  { site: 'openjdk', words: 'arbitrary precision integers', pages: ['/java/math/BigInteger.html'] },
  { site: 'openjdk', words: 'countdown latch', pages: ['/java/util/concurrent/CountDownLatch.html'] },
  { site: 'openjdk', words: 'http client send request', pages: ['/java/net/http/HttpClient.html'] },
  { site: 'openjdk', words: 'optional value or else', pages: ['/java/util/Optional.html'] },
  { site: 'openjdk', words: 'universally unique identifier', pages: ['/java/util/UUID.html'] },
  { site: 'openjdk', words: 'compress gzip stream', pages: ['/java/util/zip/GZIPOutputStream.html'] },
  { site: 'openjdk', words: 'priority queue blocking', pages: ['/java/util/concurrent/PriorityBlockingQueue.html'] },
  { site: 'openjdk', words: 'secure random number generator', pages: ['/java/security/SecureRandom.html'] },
  { site: 'postgresql', words: 'create index concurrently', pages: ['/sql-createindex.html'] },
  { site: 'postgresql', words: 'window functions', pages: ['/tutorial-window.html', '/functions-window.html'] },
  { site: 'postgresql', words: 'routine vacuuming', pages: ['/routine-vacuuming.html'] },
  { site: 'postgresql', words: 'full text search ranking', pages: ['/textsearch-controls.html'] },
  { site: 'postgresql', words: 'point in time recovery', pages: ['/continuous-archiving.html'] },
  { site: 'postgresql', words: 'alter table add column', pages: ['/sql-altertable.html', '/ddl-alter.html'] },
  { site: 'postgresql', words: 'json functions and operators', pages: ['/functions-json.html'] },
  { site: 'postgresql', words: 'transaction isolation levels', pages: ['/transaction-iso.html'] },
  { site: 'postgresql', words: 'row level security policies', pages: ['/ddl-rowsecurity.html'] },
  { site: 'postgresql', words: 'advisory locks', pages: ['/explicit-locking.html', '/functions-admin.html'] },
  { site: 'postgresql', words: 'how to use explain', pages: ['/using-explain.html'] },
  { site: 'postgresql', words: 'table partitioning', pages: ['/ddl-partitioning.html'] },
  { site: 'postgresql', words: 'logical replication', pages: ['/logical-replication.html'] },
  { site: 'postgresql', words: 'pg_dump', pages: ['/app-pgdump.html'] },
  { site: 'postgresql', words: 'connection strings of libpq', pages: ['/libpq-connect.html'] },
];
