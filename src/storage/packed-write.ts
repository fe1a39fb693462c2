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
    const isBlobColumn = first.map(isBlob);
    const values: (number | string | null)[] = [];
    for (const row of rows) {
      if (row.length !== first.length) return undefined;
      for (let column = 0; column < row.length; column++) {
        const value = row[column] ?? null;
        if (isBlob(value) !== isBlobColumn[column]) return undefined;
        if (isBlob(value)) {
          blobs.push(value);
          bytes += value.length;
          values.push(value.length);
        } else values.push(value);
      }
    }
    const blobColumns = [...first.keys()].filter((column) => isBlobColumn[column]);
    statements.push({ sql, rows: rows.length, values, blobColumns });
  }
  return { statements, blobs: joined(blobs, bytes) };
}

/** Gives the rows back one after the other, in the order of {@link packWrites}. */
export class PackedRows {
  readonly #statement: PackedStatement;
  readonly #width: number;
  readonly #blobs: BlobCursor;
  #next = 0;

  private constructor(statement: PackedStatement, blobs: BlobCursor) {
    this.#statement = statement;
    this.#width = statement.rows === 0 ? 0 : statement.values.length / statement.rows;
    this.#blobs = blobs;
  }

  /** For each statement its rows; those of one have to be taken before the next. */
  static of({ statements, blobs }: PackedWrites): readonly PackedRows[] {
    const cursor: BlobCursor = { bytes: blobs, offset: 0 };
    return statements.map((statement) => new PackedRows(statement, cursor));
  }

  get sql(): string {
    return this.#statement.sql;
  }

  /** Rows that are left. */
  get left(): number {
    return this.#statement.rows - this.#next;
  }

  /** The parameters of so many rows, one row behind the other. */
  take(rows: number): readonly SqlValue[] {
    const { values, blobColumns } = this.#statement;
    const width = this.#width;
    const parameters: SqlValue[] = values.slice(this.#next * width, (this.#next + rows) * width);
    for (let row = 0; row < parameters.length; row += width) {
      for (const column of blobColumns) {
        const at = row + column;
        const length = parameters[at] as number;
        parameters[at] = this.#blobs.bytes.subarray(this.#blobs.offset, this.#blobs.offset + length);
        this.#blobs.offset += length;
      }
    }
    this.#next += rows;
    return parameters;
  }
}

interface BlobCursor {
  readonly bytes: Uint8Array;
  offset: number;
}

function isBlob(value: SqlValue): value is Uint8Array {
  return typeof value === "object" && value !== null;
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
