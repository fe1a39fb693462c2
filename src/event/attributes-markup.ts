import { XqbusError } from "../errors.ts";
import { isNCName } from "../xml/index.ts";
import { attributeMarkup } from "./checked-markup.ts";
import { isAtomicValue, lexicalForm } from "./lexical-form.ts";
import { kindOf, placeOf } from "./place.ts";

const SCHEMA_INSTANCE = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const SCHEMA = ' xmlns:xs="http://www.w3.org/2001/XMLSchema"';

/** The attributes with a prefix that the maker writes; it declares `xsi` where it is used, `xml` needs no declaration. */
const PREFIXED: ReadonlySet<string> = new Set(["xsi:nil", "xsi:type", "xml:lang", "xml:space"]);

/** Whether every element may have an attribute of this name, as far as the maker is concerned: names with a prefix. */
export function isPrefixedAttribute(name: string): boolean {
  return PREFIXED.has(name);
}

/**
 * The attributes of one element in the order given, each with a space before it, and the declarations of their prefixes.
 * A value of `xsi:type` has the prefix `xs` for a built-in type, or none for a type in the element's own namespace.
 *
 * @throws XqbusError `xqbus:illegal-name`, `xqbus:illegal-content`, `xqbus:illegal-character`
 */
export function attributesMarkup(
  attributes: readonly (readonly [name: string, value: unknown])[],
  element: string,
): string {
  if (attributes.length === 0) return "";
  const written = new Set<string>();
  let markup = "";
  let usesSchemaInstance = false;
  for (const [name, value] of attributes) {
    assertAttributeName(name, element);
    if (value === undefined) continue;
    if (written.has(name)) {
      throw new XqbusError("xqbus:illegal-content", `${placeOf(element, name)} is given twice; give it once`);
    }
    written.add(name);
    if (!isAtomicValue(value)) {
      throw new XqbusError(
        "xqbus:illegal-content",
        `${placeOf(element, name)} cannot be ${kindOf(value)}; ` +
          "give a string, number, bigint, boolean or Date, or undefined to leave the attribute out",
      );
    }
    const lexical = lexicalForm(value, element, name);
    if (name === "xsi:type") markup += typeNameDeclaration(lexical, element);
    usesSchemaInstance ||= name.startsWith("xsi:");
    markup += attributeMarkup(name, lexical, element);
  }
  return usesSchemaInstance ? SCHEMA_INSTANCE + markup : markup;
}

function assertAttributeName(name: string, element: string): void {
  if (name === "xmlns" || name.startsWith("xmlns:")) {
    throw new XqbusError(
      "xqbus:illegal-name",
      `${placeOf(element, name)} declares a namespace; leave it out, the maker declares what the catalog says`,
    );
  }
  if (!PREFIXED.has(name) && !isNCName(name)) {
    throw new XqbusError(
      "xqbus:illegal-name",
      `${JSON.stringify(name)} cannot be the name of an attribute of "${element}"; ` +
        `give an XML name without colon, or one of ${[...PREFIXED].join(", ")}`,
    );
  }
}

function typeNameDeclaration(typeName: string, element: string): string {
  const colon = typeName.indexOf(":");
  if (colon < 0) return "";
  if (typeName.slice(0, colon).trim() === "xs") return SCHEMA;
  throw new XqbusError(
    "xqbus:illegal-content",
    `${placeOf(element, "xsi:type")} is "${typeName}", whose prefix is not declared; ` +
      "write xs: before a built-in type, and no prefix before a type of the element's namespace",
  );
}
