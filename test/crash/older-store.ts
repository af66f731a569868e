// Makes a store what an older version would have had: the same rows in the tables of its time.

import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { APPLICATION_ID, STEPS } from '../../src/store/sqlite/schema.ts';
import type { Random } from '../helpers/random.ts';

/** The job's database at `path` becomes one of a version that the dice choose. */
export function olderStore(path: string, random: Random): number {
  const version = 1 + Math.floor(random() * (STEPS.length - 1));
  const older = `${path}-older`;
  const db = new DatabaseSync(older);
  for (const step of STEPS.slice(0, version)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
  db.prepare('ATTACH ? AS now').run(path);
  const tables = names(db, "SELECT name FROM main.sqlite_schema WHERE type = 'table'");
  for (const table of tables) {
    const columns = names(db, `SELECT name FROM pragma_table_info('${table}', 'main')`).join(', ');
    db.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM now.${table}`);
  }
  db.close();
  for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
  renameSync(older, path);
  return version;
}

function names(db: DatabaseSync, sql: string): string[] {
  return db
    .prepare(sql)
    .all()
    .map(({ name }) => String(name));
}
