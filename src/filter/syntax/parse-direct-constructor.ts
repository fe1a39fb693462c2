import { QueryError } from "../values/query-error.ts";
import type { Constructor, DirectElement, Expression, QNameSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { resolveReferences } from "./references.ts";

/** Whether `<name`, `<!--` or `<?` comes next, where an expression begins. */
export function startsDirectConstructor(cursor: Cursor): boolean {
  if (cursor.language === "xpath" || !cursor.sees("<")) return false;
  const rest = cursor.text.slice(cursor.position + 1, cursor.position + 4);
  return rest.startsWith("!--") || rest.startsWith("?") || /^[\p{L}_]/u.test(rest);
}

/** `DirectConstructor` (XQuery 3.1, section 3.9.1). White space is explicit here: nothing is skipped but where XML allows it. */
export function parseDirectConstructor(cursor: Cursor): Constructor {
  const at = cursor.start();
  if (cursor.take("<!--")) return parseComment(cursor, at);
  if (cursor.take("<?")) return parseInstruction(cursor, at);
  cursor.position++;
  return cursor.nested(() => new DirectElementParser(cursor, at).parse());
}

function parseComment(cursor: Cursor, at: number): Constructor {
  const text = until(cursor, "-->", at, "the comment");
  if (text.includes("--") || text.endsWith("-")) {
    throw new QueryError("XPST0003", 'a comment cannot contain "--" or end with "-"', at);
  }
  return { at, kind: "directComment", text };
}

function parseInstruction(cursor: Cursor, at: number): Constructor {
  const target = nameHere(cursor, "the target of the processing instruction");
  if (target.prefix !== "" || target.localName.toLowerCase() === "xml") {
    throw new QueryError(
      "XPST0003",
      "the target of a processing instruction is a name without a colon, and not xml",
      at,
    );
  }
  const rest = until(cursor, "?>", at, "the processing instruction");
  if (rest !== "" && !SPACE.test(rest[0]!)) {
    throw new QueryError("XPST0003", "white space must follow the target of a processing instruction", at);
  }
  return { at, kind: "directProcessingInstruction", target: target.localName, text: rest.replace(/^[ \t\n\r]+/, "") };
}

function until(cursor: Cursor, end: string, at: number, what: string): string {
  const found = cursor.text.indexOf(end, cursor.position);
  if (found < 0) throw new QueryError("XPST0003", `${what} is not closed; expected "${end}"`, at);
  const text = cursor.text.slice(cursor.position, found);
  cursor.position = found + end.length;
  return text;
}

function nameHere(cursor: Cursor, what: string): QNameSyntax {
  const at = cursor.position;
  if (cursor.start() !== at || cursor.text.startsWith("Q{", at)) {
    cursor.position = at;
    throw new QueryError("XPST0003", `expected ${what}`, at);
  }
  return cursor.qName(what);
}

type Content = DirectElement["content"][number];

class DirectElementParser {
  readonly #cursor: Cursor;
  readonly #at: number;
  readonly #attributes: { name: QNameSyntax; parts: readonly (string | Expression)[] }[] = [];
  readonly #namespaces: { at: number; prefix: string; uri: string }[] = [];
  readonly #content: Content[] = [];
  /** The text read so far since the last other content, and whether all of it is boundary white space. */
  #text = "";
  #isBoundarySpace = true;

  constructor(cursor: Cursor, at: number) {
    this.#cursor = cursor;
    this.#at = at;
  }

  parse(): DirectElement {
    const name = nameHere(this.#cursor, "the name of an element");
    const isEmpty = this.#parseAttributes();
    if (!isEmpty) this.#parseContent(name);
    return {
      at: this.#at,
      kind: "directElement",
      name,
      attributes: this.#attributes,
      namespaces: this.#namespaces,
      content: this.#content,
    };
  }

  /** @returns whether the tag ended with `/>` */
  #parseAttributes(): boolean {
    const cursor = this.#cursor;
    for (;;) {
      const hasSpace = this.#skipSpace();
      if (cursor.text.startsWith("/>", cursor.position)) {
        cursor.position += 2;
        return true;
      }
      if (cursor.text[cursor.position] === ">") {
        cursor.position++;
        return false;
      }
      if (!hasSpace) throw cursor.unexpected('">", "/>" or white space and an attribute');
      this.#parseAttribute();
    }
  }

  #parseAttribute(): void {
    const cursor = this.#cursor;
    const at = cursor.position;
    const name = nameHere(cursor, "the name of an attribute");
    this.#skipSpace();
    if (cursor.text[cursor.position] !== "=") throw cursor.unexpected('"=" behind the name of the attribute');
    cursor.position++;
    this.#skipSpace();
    const parts = this.#parseValue();
    const isDefault = name.prefix === "" && name.localName === "xmlns";
    if (!isDefault && name.prefix !== "xmlns") {
      this.#attributes.push({ name, parts });
      return;
    }
    const [uri = "", ...more] = parts;
    if (typeof uri !== "string" || more.length > 0) {
      throw new QueryError("XQST0022", "the namespace of a declaration must be a literal", at);
    }
    this.#namespaces.push({ at, prefix: isDefault ? "" : name.localName, uri });
  }

  #parseValue(): readonly (string | Expression)[] {
    const cursor = this.#cursor;
    const { text } = cursor;
    const at = cursor.position;
    const quote = text[at];
    if (quote !== '"' && quote !== "'") throw cursor.unexpected("a value in quotation marks");
    const parts: (string | Expression)[] = [];
    let literal = "";
    const flush = (): void => {
      if (literal !== "") parts.push(literal);
      literal = "";
    };
    for (cursor.position++; ;) {
      const c = text[cursor.position];
      if (c === undefined) throw new QueryError("XPST0003", "the value of the attribute is not closed", at);
      if (c === "<") throw cursor.unexpected('"&lt;" in the value of an attribute');
      if (c === quote) {
        cursor.position++;
        if (text[cursor.position] !== quote) break;
        cursor.position++;
        literal += quote;
      } else if (c === "{" || c === "}") {
        if (this.#takeBrace(c)) literal += c;
        else {
          flush();
          parts.push(this.#parseEnclosed());
        }
      } else if (c === "&") literal += this.#reference();
      else {
        literal += SPACE.test(c) ? " " : c;
        cursor.position++;
      }
    }
    flush();
    return parts;
  }

  #parseContent(name: QNameSyntax): void {
    const cursor = this.#cursor;
    const { text } = cursor;
    for (;;) {
      const c = text[cursor.position];
      if (c === undefined) {
        throw new QueryError(
          "XPST0003",
          `the element <${written(name)}> is not closed; expected </${written(name)}>`,
          this.#at,
        );
      }
      if (text.startsWith("</", cursor.position)) break;
      if (text.startsWith("<![CDATA[", cursor.position)) {
        const at = cursor.position;
        cursor.position += "<![CDATA[".length;
        this.#text += until(cursor, "]]>", at, "the CDATA section");
        this.#isBoundarySpace = false;
      } else if (c === "<") {
        this.#flush();
        this.#content.push({ kind: "node", node: parseDirectConstructor(cursor) });
      } else if (c === "&") {
        this.#text += this.#reference();
        this.#isBoundarySpace = false;
      } else if (c === "{" || c === "}") {
        if (this.#takeBrace(c)) {
          this.#text += c;
          this.#isBoundarySpace = false;
        } else {
          this.#flush();
          this.#content.push({ kind: "enclosed", expression: this.#parseEnclosed() });
        }
      } else {
        this.#text += c;
        this.#isBoundarySpace &&= SPACE.test(c);
        cursor.position++;
      }
    }
    this.#flush();
    this.#parseEndTag(name);
  }

  #parseEndTag(name: QNameSyntax): void {
    const cursor = this.#cursor;
    const at = cursor.position;
    cursor.position += "</".length;
    const end = nameHere(cursor, "the name of the element that ends");
    this.#skipSpace();
    if (cursor.text[cursor.position] !== ">") throw cursor.unexpected('">"');
    cursor.position++;
    if (written(end) === written(name)) return;
    throw new QueryError("XQST0118", `</${written(end)}> closes <${written(name)}>; expected </${written(name)}>`, at);
  }

  #flush(): void {
    if (this.#text !== "") {
      this.#content.push({ kind: "text", text: this.#text, isBoundarySpace: this.#isBoundarySpace });
    }
    this.#text = "";
    this.#isBoundarySpace = true;
  }

  /** `{{` and `}}`: the character itself. False, and nothing taken, for the single `{` of an expression. */
  #takeBrace(brace: "{" | "}"): boolean {
    const cursor = this.#cursor;
    if (cursor.text[cursor.position + 1] === brace) {
      cursor.position += 2;
      return true;
    }
    if (brace === "{") return false;
    throw new QueryError("XPST0003", 'a single "}" closes nothing here; write "}}" for the character', cursor.position);
  }

  #parseEnclosed(): Expression {
    const cursor = this.#cursor;
    const at = cursor.position;
    cursor.position++;
    if (cursor.take("}")) return { at, kind: "sequence", items: [] };
    const expression = cursor.expression();
    cursor.expect("}");
    return expression;
  }

  #reference(): string {
    const cursor = this.#cursor;
    const at = cursor.position;
    const reference = /^&[^;&<>"'{}\s]*;?/.exec(cursor.text.slice(at, at + 40))?.[0] ?? "&";
    cursor.position += reference.length;
    return resolveReferences(reference, at);
  }

  #skipSpace(): boolean {
    const cursor = this.#cursor;
    const before = cursor.position;
    while (SPACE.test(cursor.text[cursor.position] ?? "")) cursor.position++;
    return cursor.position > before;
  }
}

function written({ prefix, localName }: QNameSyntax): string {
  return prefix === "" ? localName : `${prefix}:${localName}`;
}

const SPACE = /^[ \t\n\r]/;
