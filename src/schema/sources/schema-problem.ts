import { onOneLine } from "../one-line.ts";
import { positionOf, type XmlElement } from "../../xml/index.ts";

/** Something wrong in an XSD file. The file is left out of the catalog, the others are not affected. */
export interface SchemaProblem {
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** A sentence without the place: `type "e:Devise" is not declared (did you mean "e:Device"?)`. */
  readonly message: string;
}

/** The problem at the place of an element of the schema document. */
export function problemAt(file: string, node: XmlElement, message: string): SchemaProblem {
  return schemaProblem(file, positionOf(node).line, message);
}

/** The problem in a line; whatever the message quotes, it stays one line. */
export function schemaProblem(file: string, line: number, message: string): SchemaProblem {
  return { file, line, message: onOneLine(message) };
}
