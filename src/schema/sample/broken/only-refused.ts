import type { ValidationProblem } from "../../problems/validation-problem.ts";
import type { NearInvalidEvent } from "./near-invalid.ts";

/**
 * The broken events that validation refuses for the one reason they are made for. The engine is laxer than the standard in places
 * (an empty list of NMTOKENs, a space in a URI): what it accepts is no invalid event.
 */
export function* onlyRefused(
  events: Iterable<NearInvalidEvent>,
  validate: (document: string) => readonly ValidationProblem[],
): Generator<NearInvalidEvent, undefined> {
  for (const event of events) {
    const [problem, ...others] = validate(event.document);
    if (others.length === 0 && problem?.code === event.rule && problem.path === event.path) yield event;
  }
  return undefined;
}
