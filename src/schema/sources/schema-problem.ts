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
  /**
   * The constraint of XML Schema that is violated (`cos-particle-restrict`), or a code of ours: `xqbus:unsupported-construct`,
   * `xqbus:limit-exceeded`. Undefined where the sentence is all there is.
   */
  readonly code?: string;
  /** Absolute path of the file that has the mistake of which this problem is the consequence, where it is another one. */
  readonly cause?: string;
  /** Absolute path of the other file, where two files are wrong together: both declare one name. */
  readonly conflictsWith?: string;
}

/** The problem at the place of an element of the schema document. */
export function problemAt(file: string, node: XmlElement, message: string, code?: string): SchemaProblem {
  return schemaProblem(file, positionOf(node).line, message, code);
}

/** The problem of a file that needs another one, which has a mistake. */
export function causedBy(cause: string, file: string, node: XmlElement, message: string): SchemaProblem {
  return { ...problemAt(file, node, message), cause };
}

/** The problem in a line; whatever the message quotes, it stays one line. */
export function schemaProblem(file: string, line: number, message: string, code?: string): SchemaProblem {
  const problem = { file, line, message: onOneLine(message) };
  return code === undefined ? problem : { ...problem, code };
}
