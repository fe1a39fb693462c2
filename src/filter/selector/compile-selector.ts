import { XqbusError } from "../../errors.ts";
import { SelectorParser } from "./selector-parser.ts";
import type { SelectorProperties } from "./selector-value.ts";

/** A compiled JMS selector; it never changes, and may be used for any number of messages. */
export interface Selector {
  readonly text: string;
  /** The names of the properties it asks for. */
  readonly identifiers: readonly string[];
  /** Whether a message with these properties is selected: true, and neither false nor unknown. */
  matches(properties: SelectorProperties): boolean;
}

/** Characters of a selector. */
const MAX_LENGTH = 64 * 1024;

/**
 * Compiles a message selector (JMS 2.0, section 3.8): the whole grammar, with three-valued logic. Hostile text costs no more than its
 * length: at most 65 536 characters, 200 parentheses inside one another, patterns of 256 characters.
 *
 * An empty selector selects every message.
 *
 * @throws SelectorError `xqbus:invalid-query` with the place
 * @throws XqbusError `xqbus:limit-exceeded`, `xqbus:illegal-argument`
 */
export function compileSelector(text: string): Selector {
  if (typeof text !== "string")
    throw new XqbusError("xqbus:illegal-argument", `a selector is a text, not ${typeof text}`);
  if (text.length > MAX_LENGTH) {
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `the selector has ${text.length} characters; at most ${MAX_LENGTH} are allowed`,
    );
  }
  if (text.trim() === "") return Object.freeze<Selector>({ text, identifiers: [], matches: () => true });
  const parser = new SelectorParser(text);
  const condition = parser.parse();
  return Object.freeze<Selector>({
    text,
    identifiers: Object.freeze([...parser.identifiers]),
    matches: (properties) => condition(properties) === true,
  });
}
