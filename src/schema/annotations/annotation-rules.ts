import { parseDuration } from "../values/duration.ts";
import type { AnnotationName, FieldListName } from "./event-annotations.ts";

/** What an annotation says and where it may stand. */
export interface AnnotationRule {
  /** `fields`: paths at the event, nothing at a field. `text`: a text, wherever it stands. */
  readonly content: "fields" | "text";
  /** Whether it may stand at fields too. */
  readonly atFields: boolean;
  /** Says what is wrong with a text. */
  readonly mistakeIn: (text: string) => string | undefined;
}

/** The annotations by name. */
export const ANNOTATION_RULES: Readonly<Record<AnnotationName, AnnotationRule>> = {
  routingKey: { content: "text", atFields: false, mistakeIn: mistakeInWords },
  type: { content: "text", atFields: false, mistakeIn: mistakeInWords },
  module: { content: "text", atFields: false, mistakeIn: mistakeIfEmpty },
  owner: { content: "text", atFields: false, mistakeIn: mistakeIfEmpty },
  promote: { content: "fields", atFields: true, mistakeIn: noMistake },
  orderBy: { content: "fields", atFields: true, mistakeIn: noMistake },
  dedupeKey: { content: "fields", atFields: true, mistakeIn: noMistake },
  retention: { content: "text", atFields: false, mistakeIn: mistakeInDuration },
  sensitive: { content: "fields", atFields: true, mistakeIn: noMistake },
  deprecated: { content: "text", atFields: true, mistakeIn: mistakeIfEmpty },
};

/** The rule of a name that is one of ours. */
export function ruleOf(name: string): AnnotationRule | undefined {
  return isAnnotationName(name) ? ANNOTATION_RULES[name] : undefined;
}

/** Whether the name is one of an annotation. */
export function isAnnotationName(name: string): name is AnnotationName {
  return Object.hasOwn(ANNOTATION_RULES, name);
}

/** The code of warnings about annotations. */
export const INVALID_ANNOTATION = "xqbus:invalid-annotation";

/** The annotations that name fields. */
export const FIELD_LISTS: readonly FieldListName[] = ["promote", "orderBy", "dedupeKey", "sensitive"];

/** Characters of a routing key at most: AMQP allows 255 bytes in short strings, and the domain stands before it. */
const MAX_WORDS_LENGTH = 180;

function mistakeInWords(text: string): string | undefined {
  if (text.length > MAX_WORDS_LENGTH) return `has ${text.length} characters; expected at most ${MAX_WORDS_LENGTH}`;
  if (/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(text)) return undefined;
  const illegal = /[^A-Za-z0-9_.-]/u.exec(text)?.[0];
  const found = illegal === undefined ? `is ${JSON.stringify(text)}` : `has ${JSON.stringify(illegal)} in it`;
  return `${found}; expected words of letters, digits, "_" and "-" with dots between them, such as "phone.status"`;
}

function mistakeInDuration(text: string): string | undefined {
  const duration = parseDuration(text);
  if (duration !== undefined && (duration.months > 0 || duration.seconds > 0)) return undefined;
  return `is ${JSON.stringify(text)}; expected a duration of XML Schema above zero, such as "P90D" or "PT12H"`;
}

function mistakeIfEmpty(text: string): string | undefined {
  return text === "" ? "is empty; expected a text" : undefined;
}

function noMistake(): undefined {
  return undefined;
}
