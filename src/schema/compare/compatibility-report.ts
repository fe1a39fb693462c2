import type { ValidationProblem } from "../problems/validation-problem.ts";

/**
 * What a change means for those who read and write events.
 *
 * - `backward`: whoever reads with the new schema accepts everything that was written with the old one, but not the other way
 *   round. Update the readers first.
 * - `forward`: whoever reads with the old schema accepts everything that is written with the new one, but not the other way round.
 *   Update the writers first.
 * - `full`: both. Update in any order.
 * - `breaking`: neither. Readers and writers must change at the same time.
 */
export type Verdict = "full" | "backward" | "forward" | "breaking";

/** How two versions of a catalog go together. */
export interface CompatibilityReport {
  /** What holds for all events. */
  readonly verdict: Verdict;
  /** The event types of both catalogs, sorted by name. */
  readonly events: readonly EventCompatibility[];
}

/** How two versions of one event type go together. */
export interface EventCompatibility {
  readonly event: string;
  readonly verdict: Verdict;
  /** Everything that is different; empty when nothing is. */
  readonly changes: readonly SchemaChange[];
  /** Generated documents that both catalogs accepted. */
  readonly accepted: number;
}

/** One difference between two schemas. */
export interface SchemaChange {
  readonly kind: ChangeKind;
  /** The part of the event: `/Event/PhoneStatus/Status`, `/Event/CollectD/@unit`. */
  readonly path: string;
  /** In words: `Status is now required`. */
  readonly description: string;
  readonly verdict: Verdict;
  /**
   * True where the verdict follows from the schemas alone: a document was looked for that one side accepts and the other
   * refuses because of this change, and none was found. What the schemas say counts nevertheless.
   */
  readonly isUnproven: boolean;
  /** The proof of what does not hold: at most one document for each direction. */
  readonly witnesses: readonly Witness[];
  /** Where it is declared; undefined on the side that does not have it. */
  readonly old: SchemaPlace | undefined;
  readonly new: SchemaPlace | undefined;
}

/** A place in a schema file. */
export interface SchemaPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A document that one catalog accepts and the other one refuses. Both have really judged it. */
export interface Witness {
  /** XML text. */
  readonly document: string;
  readonly acceptedBy: "old" | "new";
  /** Why the other one refuses it. */
  readonly problem: ValidationProblem;
}

/** What kinds of differences there are. */
export type ChangeKind =
  | "event-added"
  | "event-removed"
  | "field-added"
  | "field-removed"
  | "field-required"
  | "field-optional"
  | "occurrence-narrowed"
  | "occurrence-widened"
  | "occurrence-changed"
  | "order-changed"
  | "content-changed"
  | "attribute-added"
  | "attribute-removed"
  | "attribute-required"
  | "attribute-optional"
  | "type-changed"
  | "facet-narrowed"
  | "facet-widened"
  | "facet-changed"
  | "enumeration-value-added"
  | "enumeration-value-removed"
  | "nillable-added"
  | "nillable-removed"
  | "default-changed"
  | "fixed-changed"
  | "abstract-changed"
  | "substitute-added"
  | "substitute-removed"
  | "wildcard-added"
  | "wildcard-removed"
  | "wildcard-changed"
  | "identity-changed"
  | "documentation-changed"
  | "annotation-changed"
  /** Documents show a difference that the comparison of the schemas did not find. */
  | "unexplained";

/** The verdict for what holds in each direction. */
export function verdictOf(isBackward: boolean, isForward: boolean): Verdict {
  if (isBackward) return isForward ? "full" : "backward";
  return isForward ? "forward" : "breaking";
}

/** The verdict that holds for all: each direction must hold everywhere. */
export function commonVerdict(verdicts: readonly Verdict[]): Verdict {
  return verdictOf(verdicts.every(isBackwardCompatible), verdicts.every(isForwardCompatible));
}

/** Whether new readers accept old documents. */
export function isBackwardCompatible(verdict: Verdict): boolean {
  return verdict === "full" || verdict === "backward";
}

/** Whether old readers accept new documents. */
export function isForwardCompatible(verdict: Verdict): boolean {
  return verdict === "full" || verdict === "forward";
}
