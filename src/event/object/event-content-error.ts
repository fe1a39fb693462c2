import { XqbusError } from "../../errors.ts";
import type { XqbusErrorCode } from "../../errors.ts";
import type { ContentPath } from "./content-path.ts";

/**
 * A value that cannot be the content of an event: `xqbus:illegal-content`, `xqbus:unknown-name` for a property that no element
 * or attribute has the name of, `xqbus:limit-exceeded` for too much or too deep.
 */
export class EventContentError extends XqbusError {
  /** Where the value stands: `PuppetReport.PuppetLog[2].Level`. */
  readonly path: string;

  constructor(code: XqbusErrorCode, path: ContentPath, problem: string) {
    super(code, `${String(path)} ${problem}`);
    this.path = String(path);
  }
}
