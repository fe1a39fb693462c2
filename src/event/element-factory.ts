import type { MadeElement } from "./made-element.ts";
import type { MakerContent } from "./maker-content.ts";

/**
 * Makes an element of one name; see {@link MakerContent} for what it takes.
 *
 * @throws XqbusError `xqbus:illegal-content`, `xqbus:illegal-character`, `xqbus:illegal-name`, `xqbus:limit-exceeded`
 * @throws UnknownNameError `xqbus:unknown-name` for a key of an object that the catalog does not declare for the element
 */
export type ElementFactory<Name extends string = string> = (...content: readonly MakerContent[]) => MadeElement<Name>;
