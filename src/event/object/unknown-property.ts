import { OTHER_ELEMENTS, nearestName } from "../../schema/index.ts";
import type { Shape } from "../../schema/index.ts";
import type { ContentPath } from "./content-path.ts";
import { EventContentError } from "./event-content-error.ts";
import { CONTENT_KEY, TEXT_KEY } from "./event-content.ts";
import { attributeKey } from "./names.ts";

/** The error for a property that the type of its element does not have, with the one that was probably meant. */
export function unknownProperty(key: string, shape: Shape, path: ContentPath): EventContentError {
  const known = knownProperties(shape);
  const suggestion = nearestName(key, known);
  const offer = known.length === 0 ? "its element has neither fields nor attributes" : `expected ${shownNames(known)}`;
  const hint = suggestion === undefined ? "" : ` (did you mean "${suggestion}"?)`;
  return new EventContentError("xqbus:unknown-name", path, `is not declared by the schema; ${offer}${hint}`);
}

function knownProperties(shape: Shape): readonly string[] {
  if (shape.kind !== "object") return [TEXT_KEY];
  return [
    ...shape.attributes.map(({ name }) => attributeKey(name)),
    ...(shape.text === undefined ? [] : [TEXT_KEY]),
    ...shape.fields.keys(),
    ...(shape.form === "content" ? [CONTENT_KEY] : shape.allowsOtherElements ? [OTHER_ELEMENTS] : []),
  ];
}

/** Names that a message lists. */
const MAX_LISTED = 12;

function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).join(", ");
  return names.length > MAX_LISTED ? `${shown}, …` : shown;
}
