import { XqbusError } from "../errors.ts";

/** A name that the catalog does not declare (`xqbus:unknown-name`). */
export class UnknownNameError extends XqbusError {
  /** The name that was asked for. */
  readonly unknownName: string;
  /** The declared name that was probably meant. */
  readonly suggestion: string | undefined;

  /** @param what what the name should be one of: `an event type of this catalog` */
  constructor(unknownName: string, what: string, suggestion: string | undefined) {
    const hint = suggestion === undefined ? "" : ` (did you mean "${suggestion}"?)`;
    super("xqbus:unknown-name", `"${unknownName}" is not ${what}${hint}`);
    this.unknownName = unknownName;
    this.suggestion = suggestion;
  }
}
