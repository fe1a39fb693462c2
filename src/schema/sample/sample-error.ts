import { XqbusError } from "../../errors.ts";

/** No value or content could be made for a part of a document (`xqbus:illegal-argument`): the caller must give one. */
export class SampleError extends XqbusError {
  /** @param what the part: `the type "PhoneNumber"` */
  constructor(what: string, reason: string) {
    super("xqbus:illegal-argument", `cannot make ${what}: ${reason}`);
  }
}
