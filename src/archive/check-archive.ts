import { XqbusError } from "../errors.ts";
import { Event, shownProblem } from "../event/index.ts";
import { formatProblem, type Catalog, type ValidationProblem } from "../schema/index.ts";
import type { Archive } from "./archive.ts";
import type { ArchivedEvent } from "./archived-event.ts";
import type { ArchiveQuery, QueryOptions } from "./query/archive-query.ts";
import { sensitiveThen } from "./sensitive-then.ts";

/** What archived events of one type are by a catalog. */
export interface CheckedType {
  readonly type: string;
  readonly events: number;
  readonly invalid: number;
  /** The first ones: event and problem, without what may show a sensitive value. */
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
  for await (const event of archive.query(query, options)) {
    const { type, number, id } = event;
    const before = types.get(type) ?? { type, events: 0, invalid: 0, problems: [] };
    const found = await firstProblem(event, catalog);
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

async function firstProblem(archived: ArchivedEvent, catalog: Catalog): Promise<string | undefined> {
  try {
    const [first] = await catalog.validateAsync(archived.document);
    return first && formatProblem(shown(first, archived, catalog));
  } catch (error) {
    if (error instanceof XqbusError && error.code === "xqbus:limit-exceeded") return error.message;
    throw error;
  }
}

/** Of what cannot be read at all, the problem tells where that is and shows no value. */
function shown(problem: ValidationProblem, archived: ArchivedEvent, catalog: Catalog): ValidationProblem {
  const event = readable(archived);
  if (event === undefined) return problem;
  return shownProblem(problem, event.document, catalog.model, sensitiveThen(archived, event, catalog));
}

function readable({ document }: ArchivedEvent): Event | undefined {
  try {
    return Event.parse(document);
  } catch {
    return undefined;
  }
}
