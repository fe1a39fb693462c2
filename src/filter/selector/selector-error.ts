import { XqbusError } from "../../errors.ts";

/** A selector that is not one: `position` is the offset in its text, in UTF-16 code units. */
export class SelectorError extends XqbusError {
  readonly position: number;

  constructor(reason: string, position: number) {
    super("xqbus:invalid-query", `the selector is wrong at character ${position + 1}: ${reason}`);
    this.position = position;
  }
}
