import { assertInteger } from "../../assert-option.ts";
import { XqbusError } from "../../errors.ts";
import { BLANKS, isBase64Line, isFullBase64Line, type Tag, type TagLimits, type TagLine } from "./tag-line.ts";

const DEFAULT_MAX_LENGTH = 1024 * 1024;
const DEFAULT_MAX_ITEMS = 10_000;

/** A word in quotes: `"two words"`, `"a \"b\"\n"`. */
const QUOTED = /"((?:[^"\\\n\r]|\\(?:["\\nrt]|u[0-9a-fA-F]{4}))*)"/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * The lines of a tag string (PyLabs): words with blanks between, `name:value` is a tag, a bare word a label. What may stand in quotes, and
 * how a value in base64 goes on in the next line, is in `docs/tasklets.md`. Every text is a tag string; lines without a word are
 * left out.
 *
 * @throws XqbusError `xqbus:limit-exceeded`
 */
export function parseTags(text: string, limits: TagLimits = {}): readonly TagLine[] {
  const { maxLength = DEFAULT_MAX_LENGTH, maxItems = DEFAULT_MAX_ITEMS } = limits;
  assertInteger(maxLength, "maxLength", 0);
  assertInteger(maxItems, "maxItems", 0);
  if (text.length > maxLength) {
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `the tag string has ${text.length} characters, more than ${maxLength} (option maxLength)`,
    );
  }
  const lines: { readonly labels: string[]; readonly tags: Tag[] }[] = [];
  let items = 0;
  /** The pieces of a value that may go on. */
  let open: string[] | undefined;
  const close = (): void => {
    const tags = lines.at(-1)?.tags;
    const last = tags?.at(-1);
    if (open !== undefined && open.length > 1 && last !== undefined) {
      tags?.splice(-1, 1, Object.freeze({ name: last.name, value: open.join("\n") }));
    }
    open = undefined;
  };
  for (const line of text.split(/\r?\n/)) {
    if (open !== undefined && isBase64Line(line)) {
      open.push(line);
      if (!isFullBase64Line(line)) close();
      continue;
    }
    close();
    const read = new LineReader(line).read();
    items += read.labels.length + read.tags.length;
    if (items > maxItems) {
      throw new XqbusError(
        "xqbus:limit-exceeded",
        `the tag string has more than ${maxItems} labels and tags (option maxItems)`,
      );
    }
    if (read.labels.length + read.tags.length === 0) continue;
    lines.push(read);
    if (read.openValue !== undefined) open = [read.openValue];
  }
  close();
  return Object.freeze(
    lines.map(({ labels, tags }) => Object.freeze({ labels: Object.freeze(labels), tags: Object.freeze(tags) })),
  );
}

interface ReadLine {
  readonly labels: string[];
  readonly tags: Tag[];
  /** The value at the end of the line, if more of it may come. */
  readonly openValue: string | undefined;
}

class LineReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  read(): ReadLine {
    const labels: string[] = [];
    const tags: Tag[] = [];
    let openValue: string | undefined;
    for (this.#skip(); this.#at < this.#line.length; this.#skip()) {
      openValue = undefined;
      const name = this.#quoted(":") ?? this.#upTo(":");
      if (this.#line[this.#at] !== ":" || name === undefined) {
        labels.push(name ?? this.#upTo());
        continue;
      }
      this.#at++;
      const quoted = this.#quoted();
      const value = quoted ?? this.#upTo();
      tags.push(Object.freeze({ name, value }));
      if (quoted === undefined && this.#at === this.#line.length && isFullBase64Line(value)) openValue = value;
    }
    return { labels, tags, openValue };
  }

  #skip(): void {
    while (this.#isBlank(this.#at)) this.#at++;
  }

  #isBlank(at: number): boolean {
    return at < this.#line.length && BLANKS.includes(this.#line[at] ?? "");
  }

  /** A word in quotes, if it ends where a word may end. */
  #quoted(end?: string): string | undefined {
    QUOTED.lastIndex = this.#at;
    const match = QUOTED.exec(this.#line);
    if (match === null) return undefined;
    const after = this.#at + match[0].length;
    if (after < this.#line.length && !this.#isBlank(after) && this.#line[after] !== end) return undefined;
    this.#at = after;
    return unescaped(match[1] ?? "");
  }

  /** The characters up to a blank, or `end`; undefined where `end` comes first: a tag has a name. */
  #upTo(end: string): string | undefined;
  #upTo(): string;
  #upTo(end?: string): string | undefined {
    let at = this.#at;
    if (end !== undefined && this.#line[at] === end) return undefined;
    while (at < this.#line.length && !this.#isBlank(at) && this.#line[at] !== end) at++;
    const word = this.#line.slice(this.#at, at);
    this.#at = at;
    return word;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, character: string = "") =>
    hex === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(parseInt(hex, 16)),
  );
}
