import { inWords } from "./connection-errors.ts";
import { RefusedError } from "./errors.ts";

/** What the broker answers to a message (AMQP 1.0, part 3.4); `none` is a settlement that says nothing. */
export type SendOutcome =
  | { readonly kind: "accepted" | "released" | "none" }
  | { readonly kind: "modified"; readonly undeliverable: boolean }
  | { readonly kind: "rejected"; readonly condition: string | undefined; readonly description: string | undefined };

/** Conditions of a rejection that are about the moment and not about the message (AMQP 1.0, part 2.8.15). */
const PASSING: ReadonlySet<string> = new Set(["amqp:resource-limit-exceeded", "amqp:resource-locked"]);

/** Whether the same message may be accepted later: it was given back, or there was no room for it. */
export function willPass(outcome: SendOutcome): boolean {
  switch (outcome.kind) {
    case "released":
      return true;
    case "modified":
      return !outcome.undeliverable;
    case "rejected":
      return outcome.condition !== undefined && PASSING.has(outcome.condition);
    default:
      return false;
  }
}

/** The error for an outcome other than accepted, with everything that the broker has said. */
export function refusalOf(outcome: SendOutcome): RefusedError {
  switch (outcome.kind) {
    case "rejected":
      return new RefusedError(`the broker refused the event: ${inWords(outcome)}`, outcome);
    case "released":
      return new RefusedError("the broker gave the event back unchanged (released): it did not take it; it may later");
    case "modified":
      return new RefusedError("the broker gave the event back (modified): it tried to take it and failed");
    default:
      return new RefusedError("the broker settled the event without saying whether it took it");
  }
}
