import { XqbusError } from "../errors.ts";
import { isAtomicValue, lexicalForm } from "./lexical-form.ts";
import { MadeElement } from "./made-element.ts";
import { kindOf, placeOf, unusableContent } from "./place.ts";

/**
 * The lexical form of a list (XML Schema part 2, section 2.5.1.2): white space separates items, so none can hold any or be
 * empty.
 *
 * @param attribute the attribute that the list is the value of; without it the list is the content of the element
 * @throws XqbusError `xqbus:illegal-content`
 */
export function listForm(items: readonly unknown[], element: string, attribute?: string): string {
  // Array.from reads holes as undefined, which is then refused.
  return Array.from(items, (item, index) => itemForm(item, index, element, attribute)).join(" ");
}

function itemForm(item: unknown, index: number, element: string, attribute: string | undefined): string {
  if (MadeElement.is(item)) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `${placeOf(element, attribute)} is an array that mixes values and elements ` +
        `(element "${item.name}" at index ${index}); ` +
        "give an array of elements, or an array of values, which is written as a list",
    );
  }
  if (!isAtomicValue(item)) throw unusableContent(element, `an array with ${kindOf(item)} at index ${index}`);
  const lexical = lexicalForm(item, element, attribute);
  if (lexical === "" || /[ \t\r\n]/.test(lexical)) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `${placeOf(element, attribute)} is a list whose item ${JSON.stringify(lexical)} at index ${index} ` +
        `${lexical === "" ? "is empty" : "holds white space"}; white space separates the items of a list`,
    );
  }
  return lexical;
}
