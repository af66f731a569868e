// Rows that go to the database in one statement: each column is one array, which `unnest` makes into rows there.

export interface Batch {
  /** The values in the order of the columns. */
  add(...values: readonly unknown[]): void;
  readonly size: number;
  /** One array a column: the values of the statement's parameters. */
  readonly values: readonly (readonly unknown[])[];
}

/** The types of the columns by their names. */
export type Columns = Readonly<Record<string, string>>;

export function createBatch(columns: Columns): Batch {
  const values: unknown[][] = Object.keys(columns).map(() => []);
  return {
    add(...row) {
      for (const [at, column] of values.entries()) column.push(harmless(row[at]));
    },
    get size() {
      return values[0]!.length;
    },
    values,
  };
}

/** PostgreSQL's text cannot hold U+0000. */
function harmless(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}

/** The rows of a batch as a table `r`; `$1` is the first column. */
export function rowsOf(columns: Columns): string {
  const arrays = Object.values(columns).map((type, at) => `$${at + 1}::${isArray(type) ? 'text' : type}[]`);
  return `unnest(${arrays.join(', ')}) AS r(${Object.keys(columns).join(', ')})`;
}

/** Inserts the rows of a batch; `tail` ends the statement. */
export function insertOf(table: string, columns: Columns, tail = ''): string {
  // Arrays of arrays would all have the same length, so an array in a row is sent as text.
  const values = Object.entries(columns).map(([name, type]) => (isArray(type) ? `r.${name}::${type}` : `r.${name}`));
  return `INSERT INTO ${table} (${Object.keys(columns).join(', ')}) SELECT ${values.join(', ')} FROM ${rowsOf(columns)} ${tail}`;
}

function isArray(type: string): boolean {
  return type.endsWith('[]');
}
