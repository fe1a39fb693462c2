import type { SqlValue } from "./driver.ts";
import type { SqlWrite } from "./worker-messages.ts";

/** Writes on their way to the storage thread: few objects, since each one is copied by itself. */
export interface PackedWrites {
  readonly statements: readonly PackedStatement[];
  /** All binary values, one behind the other. */
  readonly blobs: Uint8Array<ArrayBuffer>;
}

interface PackedStatement {
  readonly sql: string;
  readonly rows: number;
  /** Row by row; of binary columns the lengths. */
  readonly values: readonly (number | string | null)[];
  /** Columns of which every value is binary. */
  readonly blobColumns: readonly number[];
}

/** Puts writes together; undefined for those that cannot be: columns with binary and other values. */
export function packWrites(writes: readonly SqlWrite[]): PackedWrites | undefined {
  const blobs: Uint8Array[] = [];
  const statements: PackedStatement[] = [];
  let bytes = 0;
  for (const { sql, rows } of writes) {
    const [first = []] = rows;
    const blobColumns = [...first.keys()].filter((column) => first[column] instanceof Uint8Array);
    const values: (number | string | null)[] = [];
    for (const row of rows) {
      for (let column = 0; column < row.length; column++) {
        const value = row[column] ?? null;
        const isBlob = value instanceof Uint8Array;
        if (row.length !== first.length || isBlob !== blobColumns.includes(column)) return undefined;
        if (isBlob) {
          blobs.push(value);
          bytes += value.length;
          values.push(value.length);
        } else values.push(value);
      }
    }
    statements.push({ sql, rows: rows.length, values, blobColumns });
  }
  return { statements, blobs: joined(blobs, bytes) };
}

/** Calls back for each row, in the order of {@link packWrites}. */
export function forEachRow(
  { statements, blobs }: PackedWrites,
  statementFor: (sql: string) => (row: readonly SqlValue[]) => void,
): void {
  let offset = 0;
  for (const { sql, rows, values, blobColumns } of statements) {
    const run = statementFor(sql);
    const width = rows === 0 ? 0 : values.length / rows;
    for (let index = 0; index < rows; index++) {
      const row: SqlValue[] = values.slice(index * width, (index + 1) * width);
      for (const column of blobColumns) {
        const length = row[column] as number;
        row[column] = blobs.subarray(offset, offset + length);
        offset += length;
      }
      run(row);
    }
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytes);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
