import { withoutPasswords } from "../../amqp/index.ts";
import { textOf, XqbusError } from "../../errors.ts";
import { MASK } from "../../event/index.ts";
import type { LogDetails } from "./log.ts";

/** UTF-16 code units of one text in a record. */
const MAX_LENGTH = 1000;
/** Values in one record. */
const MAX_VALUES = 40;
const SECRET = /pass(?:word|phrase)|secret|token|authori[sz]ation|cookie|credential|signature|api-?key/i;
const CONTENT = /^(?:body|document|payload|content|xml|excerpt)$/i;

/**
 * What of a record may be written: texts, numbers and booleans, cut to a length; an error as its code and sentence. What is called
 * like a secret is `***`, what is called like the content of an event is left out, and URLs lose their passwords.
 */
export function safeDetails(details: LogDetails): Record<string, string | number | boolean> {
  const safe: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(details).slice(0, MAX_VALUES)) {
    if (value === undefined || value === null || CONTENT.test(name)) continue;
    if (value instanceof Error) {
      if (value instanceof XqbusError) safe["code"] = value.code;
      safe[name] = safeText(value.message);
    } else if (SECRET.test(name) && typeof value !== "number") safe[name] = MASK;
    else if (typeof value === "number" || typeof value === "boolean") safe[name] = value;
    else safe[name] = safeText(Array.isArray(value) ? value.map(textOf).join(", ") : textOf(value));
  }
  return safe;
}

/** A text as it may be written. */
export function safeText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return withoutPasswords(cut);
}
