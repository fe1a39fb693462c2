import { XqbusError } from "../../../errors.ts";
import { eventTypeOf, hasPlainPath, plainPathsOf } from "../../../event/index.ts";
import { nearestName } from "../../../schema/index.ts";
import type { Catalog } from "../../../schema/index.ts";
import { illegalField } from "../../check-fields.ts";
import { parseTemplate, pathsOf } from "./template.ts";
import { COMMON_PATHS } from "./template-values.ts";

/**
 * Checks that all places of a template can have a value: for each event type that the listener is for, or where it is for any, for one
 * event type at least.
 *
 * @param field its name, for messages
 * @param eventTypes names or dotted words, as a user wrote them; `*` and undefined mean any
 * @throws XqbusError `xqbus:illegal-argument` with what was probably meant
 */
export function checkTemplate(
  field: string,
  text: string,
  catalog: Catalog,
  eventTypes: readonly string[] | undefined,
): void {
  for (const path of pathsOfText(field, text)) {
    if (COMMON_PATHS.includes(path)) continue;
    const types = selectedTypes(catalog, eventTypes);
    const lacking = types.filter(({ name }) => !hasPlainPath(name, path, catalog));
    const isForAny = eventTypes === undefined || eventTypes.includes("*");
    const wrong = isForAny && lacking.length < types.length ? undefined : lacking[0];
    if (wrong === undefined) continue;
    const looked = isForAny ? types : [wrong];
    const known = new Set([...COMMON_PATHS, ...looked.flatMap(({ name }) => plainPathsOf(name, catalog))]);
    const suggestion = nearestName(path, known);
    const hint = suggestion === undefined ? "" : ` (did you mean "${suggestion}"?)`;
    const who = isForAny ? "no event type has" : `the event type ${wrong.word} does not have`;
    throw illegalField("email", field, `has the place {{ ${path} }}, which ${who}${hint}`);
  }
}

function pathsOfText(field: string, text: string): readonly string[] {
  try {
    return pathsOf(parseTemplate(text));
  } catch (error) {
    if (error instanceof XqbusError) throw illegalField("email", field, error.message);
    throw error;
  }
}

interface SelectedType {
  /** As the catalog calls it. */
  readonly name: string;
  /** As users call it. */
  readonly word: string;
}

/** Event types that the catalog does not know are none: it is not for a template to say. */
function selectedTypes(catalog: Catalog, eventTypes: readonly string[] | undefined): readonly SelectedType[] {
  const all = catalog.eventNames.map((name) => {
    const { name: localName, namespace } = catalog.describe(name);
    return { name, word: eventTypeOf({ name: localName, namespace }, catalog) };
  });
  if (eventTypes === undefined || eventTypes.includes("*")) return all;
  return all.filter(({ name, word }) => eventTypes.includes(name) || eventTypes.includes(word));
}
