import { XqbusError } from "../errors.ts";
import { formatProblem, type Catalog } from "../schema/index.ts";
import type { Archive } from "./archive.ts";
import type { ArchiveQuery, QueryOptions } from "./query/archive-query.ts";

/** What archived events of one type are by a catalog. */
export interface CheckedType {
  readonly type: string;
  readonly events: number;
  readonly invalid: number;
  /** The first ones: event and problem. */
  readonly problems: readonly { readonly number: number; readonly id: string | undefined; readonly problem: string }[];
}

const SHOWN = 3;

/** How many archived events would not be valid by a catalog, by type; types in the order of their first event. */
export async function checkArchive(
  archive: Archive,
  catalog: Catalog,
  query: Omit<ArchiveQuery, "filter"> = {},
  options: QueryOptions = {},
): Promise<readonly CheckedType[]> {
  const types = new Map<string, CheckedType>();
  for await (const { type, number, id, document } of archive.query(query, options)) {
    const before = types.get(type) ?? { type, events: 0, invalid: 0, problems: [] };
    const found = await firstProblem(document, catalog);
    const isShown = found !== undefined && before.problems.length < SHOWN;
    types.set(type, {
      type,
      events: before.events + 1,
      invalid: before.invalid + (found === undefined ? 0 : 1),
      problems: isShown ? [...before.problems, { number, id, problem: found }] : before.problems,
    });
  }
  return [...types.values()];
}

async function firstProblem(document: Uint8Array, catalog: Catalog): Promise<string | undefined> {
  try {
    const [first] = await catalog.validateAsync(document);
    return first && formatProblem(first);
  } catch (error) {
    if (error instanceof XqbusError && error.code === "xqbus:limit-exceeded") return error.message;
    throw error;
  }
}
