import { illegalOption, shown } from "../assert-option.ts";
import type { XqbusError } from "../errors.ts";
import { MASK } from "../event/index.ts";
import { nearestName, UnknownNameError } from "../schema/index.ts";
import type { NotifierField } from "./notifier.ts";

/** Texts of one field, and characters of one text: a configuration is stored, and shown. */
const MAX_TEXTS = 1_000;
const MAX_TEXT_LENGTH = 64 * 1024;
const LONE_SURROGATE = /\p{Cs}/u;

/** A configuration as its fields say it: those that were given, each of the kind of its field. */
export type FieldValues = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * Checks a configuration against the fields of its notifier; `null` and `undefined` are as if the field was not given.
 *
 * @param notifier id of the type, for messages
 * @throws UnknownNameError for a field that there is not, with a suggestion
 * @throws XqbusError `xqbus:illegal-argument` that names the field and what would be right
 */
export function checkFields(
  notifier: string,
  fields: readonly NotifierField[],
  config: Readonly<Record<string, unknown>>,
): FieldValues {
  const names = fields.map(({ name }) => name);
  const stranger = Object.keys(config).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    const known = `a field of ${notifier} listeners (${names.join(", ")})`;
    throw new UnknownNameError(stranger, known, nearestName(stranger, names));
  }
  const values: Record<string, FieldValues[string]> = {};
  for (const field of fields) {
    const value = config[field.name];
    if (value !== undefined && value !== null) values[field.name] = checkedValue(notifier, field, value);
    else if (field.isRequired === true) throw illegalField(notifier, field.name, `is required: ${field.help}`);
  }
  return values;
}

/**
 * What is wrong with a field: `field url of the http listener must start with https://, got "ftp://…"`.
 *
 * @param rule `must …` or `is …`
 * @param value is quoted; left out for secrets
 */
export function illegalField(notifier: string, field: string, rule: string, value?: unknown): XqbusError {
  const got = value === undefined ? "" : `, got ${shown(value)}`;
  return illegalOption(`field ${field} of the ${notifier} listener ${rule}${got}`);
}

function checkedValue(notifier: string, field: NotifierField, value: unknown): FieldValues[string] {
  const { name, kind, choices = [], isSecret = false } = field;
  const refuse = (rule: string): XqbusError => illegalField(notifier, name, rule, isSecret ? undefined : value);
  if (kind === "number") {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw refuse("must be a number");
  }
  if (kind === "boolean") {
    if (typeof value === "boolean") return value;
    throw refuse("must be true or false");
  }
  if (kind === "choice") {
    if (typeof value === "string" && choices.includes(value)) return value;
    throw refuse(`must be one of ${choices.join(", ")}`);
  }
  if (kind === "text") {
    if (isSecret && value === MASK) throw refuse(`must be the secret itself; ${MASK} only stands for it`);
    if (isText(value)) return value;
    throw refuse(`must be a text of 1 to ${MAX_TEXT_LENGTH} characters`);
  }
  if (Array.isArray(value) && value.length > 0 && value.length <= MAX_TEXTS && value.every(isText)) return [...value];
  throw refuse(`must be a list of 1 to ${MAX_TEXTS} texts`);
}

function isText(value: unknown): value is string {
  return (
    typeof value === "string" && value.length > 0 && value.length <= MAX_TEXT_LENGTH && !LONE_SURROGATE.test(value)
  );
}
