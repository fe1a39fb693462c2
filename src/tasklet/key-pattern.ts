import { illegalOption, shown } from "../assert-option.ts";

/** Which routing keys a consumer wants. */
export interface KeyPattern {
  readonly text: string;
  matches(key: string): boolean;
  /** The same as a filter; undefined where every key matches. */
  readonly xquery: string | undefined;
  /** Keys that match, for whoever wants to see what the pattern means. */
  readonly examples: readonly string[];
}

/** RabbitMQ's bound on routing keys, in bytes; this is characters. */
const MAX_LENGTH = 255;

/**
 * A pattern of routing keys: words with dots between, `*` for exactly one word, `#` for any number of words, none too.
 *
 * @throws XqbusError `xqbus:illegal-argument`
 */
export function keyPattern(text: string): KeyPattern {
  const words = text.split(".");
  if (text === "" || text.length > MAX_LENGTH) {
    throw illegalOption(`an event key must have 1 to ${MAX_LENGTH} characters, got ${text.length}`);
  }
  const wrong = words.find((word) => !/^(?:[*#]|[^*#\s"']+)$/u.test(word));
  if (wrong !== undefined) {
    throw illegalOption(
      `the event key ${shown(text)} must be words with dots between them, "*" for one word, "#" for any number, without ` +
        `quotes and blanks; ${shown(wrong)} is neither`,
    );
  }
  const pattern = `^${words.map(regexOf).join("")}$`;
  const regex = new RegExp(pattern, "u");
  return Object.freeze({
    text,
    matches: (key: string) => regex.test(`${key}.`),
    xquery: text === "#" ? undefined : `matches(concat($msg:subject, "."), "${pattern.replaceAll("&", "&amp;")}")`,
    examples: [...new Set([[], ["one"], ["one", "two"]].map((more) => exampleOf(words, more)))].filter(
      (key) => key !== "",
    ),
  });
}

function regexOf(word: string): string {
  if (word === "#") return "([^.]*\\.)*";
  if (word === "*") return "[^.]*\\.";
  return `${word.replace(/[\\^$|?+()[\]{}]/g, "\\$&")}\\.`;
}

function exampleOf(words: readonly string[], more: readonly string[]): string {
  return words.flatMap((word) => (word === "#" ? more : word === "*" ? ["any"] : [word])).join(".");
}
