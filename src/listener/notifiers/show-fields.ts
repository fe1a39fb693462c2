import { MASK } from "../../event/index.ts";
import type { NotifierField } from "../notifier.ts";

/** Words of labels that are not written as others. */
const WORDS: Readonly<Record<string, string>> = { url: "URL", ca: "CA" };

/**
 * A configuration as labels and texts, in the order of the fields: `URL`, `Max files`; lists with commas between, secrets as
 * `***`. What was not given is left out.
 */
export function showFields(
  fields: readonly NotifierField[],
  config: object,
): readonly (readonly [label: string, text: string])[] {
  const values = new Map<string, unknown>(Object.entries(config));
  return fields.flatMap((field) => {
    const value = values.get(field.name);
    return value === undefined ? [] : [[labelOf(field.name), textOf(field, value)] as const];
  });
}

function labelOf(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(" ");
  const text = words.map((word) => WORDS[word] ?? word).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function textOf({ isSecret }: NotifierField, value: unknown): string {
  if (isSecret === true) return MASK;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
