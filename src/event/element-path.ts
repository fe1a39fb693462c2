import { XqbusError } from "../errors.ts";
import { childElements, isNCName, stringValue } from "../xml/index.ts";
import type { XmlElement } from "../xml/index.ts";

/**
 * The values that a path leads to, in document order.
 *
 * A path is one or more local names separated by `/`, from the children of `start` downwards; the last step can be an
 * attribute: `CallerId`, `NetworkInformation/NetworkDevice/Name`, `NetworkDevice/@id`, `@id`. Namespaces do not count.
 * The value of an element is its text with that of all its descendants (XPath string value).
 *
 * @throws XqbusError `xqbus:illegal-argument` when the path is not of this form
 */
export function valuesAt(start: XmlElement, path: string): readonly string[] {
  const steps = path.split("/");
  const attribute = steps.at(-1)?.startsWith("@") ? steps.pop()?.slice(1) : undefined;
  assertNames(attribute === undefined ? steps : [...steps, attribute], path);
  const elements = steps.reduce<readonly XmlElement[]>(
    (parents, step) => parents.flatMap((parent) => childElements(parent).filter((child) => child.localName === step)),
    [start],
  );
  if (attribute === undefined) return elements.map(stringValue);
  return elements.flatMap((element) =>
    element.attributes.filter(({ localName }) => localName === attribute).map(({ value }) => value),
  );
}

function assertNames(names: readonly string[], path: string): void {
  if (names.every(isNCName)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `${JSON.stringify(path)} is not a path; give local names separated by "/", the last one may be an @attribute: "CallerId", "NetworkDevice/@id"`,
  );
}
