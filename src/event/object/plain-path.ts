import { getEvent, shapesOf } from "../../schema/index.ts";
import type { Shape } from "../../schema/index.ts";
import { invariant } from "../../errors.ts";
import type { ContentValue, EventContent } from "./event-content.ts";
import { modelOf } from "./model-source.ts";
import type { ModelSource } from "./model-source.ts";
import { attributeKey } from "./names.ts";
import { isSpreadShape } from "./plain-document.ts";
import { mapEntriesOf } from "./plain-map.ts";

/** How deep and how many paths {@link plainPathsOf} lists. */
const MAX_DEPTH = 6;
const MAX_PATHS = 1_000;
const INDEX = /^\d{1,6}$/;

/**
 * Whether plain documents of an event type can have a value at this path.
 *
 * @param name the event type, as `describe` takes it
 * @param path properties of the plain document with dots between them: `payload.repo_id`, `call_report.tags.0`. Where there are several
 *   values a path may leave out the index
 * @throws UnknownNameError `xqbus:unknown-name` when there is no such event type
 */
export function hasPlainPath(name: string, path: string, source?: ModelSource): boolean {
  const [first = "", ...rest] = path.split(".");
  if (first === "event_type") return rest.length === 0;
  const shape = shapeOf(name, source);
  return isSpreadShape(shape)
    ? leadsSomewhere(shape, [first, ...rest])
    : first === "payload" && leadsSomewhere(shape, rest);
}

/** The paths of fields and attributes in plain documents of an event type, the upper ones first; for messages, so not all of many. */
export function plainPathsOf(name: string, source?: ModelSource): readonly string[] {
  const root = shapeOf(name, source);
  const paths = ["event_type"];
  let level: readonly (readonly [path: string, shape: Shape])[] = [["payload", root]];
  if (isSpreadShape(root)) level = below("", root);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && paths.length < MAX_PATHS; depth++) {
    paths.push(...level.map(([path]) => path));
    level = level.flatMap(([path, shape]) => below(`${path}.`, shape));
  }
  return paths.slice(0, MAX_PATHS);
}

/** What a plain document has at a path; without an index the values of all that there are. Undefined: nothing. */
export function valueAtPlainPath(document: EventContent, path: string): ContentValue | undefined {
  return valueAt(document, path.split("."));
}

function valueAt(value: ContentValue, steps: readonly string[]): ContentValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    const items = value as readonly ContentValue[];
    if (!INDEX.test(step)) return items.flatMap((item) => valueAt(item, steps) ?? []);
    const item = items[Number(step)];
    return item === undefined ? undefined : valueAt(item, rest);
  }
  const content = value as EventContent;
  const inner = Object.hasOwn(content, step) ? content[step] : undefined;
  return inner === undefined ? undefined : valueAt(inner, rest);
}

function shapeOf(name: string, source: ModelSource | undefined): Shape {
  const model = modelOf(source);
  const element = shapesOf(model).element(getEvent(model, name).name);
  invariant(element !== undefined, `the event type ${name} has no shape`);
  return element.shape;
}

function leadsSomewhere(shape: Shape, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true;
  if (shape.kind !== "object") return shape.kind === "list" && INDEX.test(step) && rest.length === 0;
  if (shape.isAny || mapEntriesOf(shape) !== undefined) return true;
  const field = shape.form === "fields" ? shape.fields.get(step) : undefined;
  if (field !== undefined) {
    const isIndex = field.repeats && rest[0] !== undefined && INDEX.test(rest[0]);
    return leadsSomewhere(field.shape, isIndex ? rest.slice(1) : rest);
  }
  if (rest.length > 0) return shape.allowsOtherElements || step === "#content";
  if (step === "#text") return shape.text !== undefined;
  if (step === "#content") return shape.form === "content";
  if (step.startsWith("@"))
    return shape.allowsOtherAttributes || shape.attributes.some(({ name }) => attributeKey(name) === step);
  return shape.allowsOtherElements;
}

function below(prefix: string, shape: Shape): readonly (readonly [path: string, shape: Shape])[] {
  if (shape.kind !== "object" || mapEntriesOf(shape) !== undefined) return [];
  const attributes = shape.attributes.map(({ name, value }) => [`${prefix}${attributeKey(name)}`, value] as const);
  const texts = shape.text === undefined ? [] : [[`${prefix}#text`, shape.text] as const];
  const fields = shape.form === "fields" ? [...shape.fields] : [];
  return [...attributes, ...texts, ...fields.map(([key, field]) => [`${prefix}${key}`, field.shape] as const)];
}
