import { positionOf } from "../../xml/index.ts";
import type { ComponentSource } from "../model/components.ts";
import { verdictOf, type SchemaChange, type SchemaPlace, type Witness } from "./compatibility-report.ts";
import type { Disagreement, Judgements } from "./find-witnesses.ts";
import { isAbout, isAboutNamesake, isInvisible, type Effect, type StructuralChange } from "./structural-change.ts";

/**
 * Puts what the comparison of the schemas says to the test of documents. Documents win: a change that is said to be harmless and
 * is not gets the verdict that the document shows, and a document that no change explains is a change of its own.
 */
export function confirmChanges(
  event: string,
  changes: readonly StructuralChange[],
  { disagreements }: Judgements,
): readonly SchemaChange[] {
  const backward = new Direction(changes, "backward", disagreements);
  const forward = new Direction(changes, "forward", disagreements);
  const confirmed = changes.map((change): SchemaChange => {
    const [isBackward, isForward] = [backward.holdsFor(change), forward.holdsFor(change)];
    const { kind, path, description } = change;
    return {
      kind,
      path,
      description,
      verdict: verdictOf(isBackward, isForward),
      isUnproven: backward.isUnprovenFor(change, forward) || forward.isUnprovenFor(change, backward),
      witnesses: [...backward.witnessesFor(change), ...forward.witnessesFor(change)],
      old: placeOf(change.old),
      new: placeOf(change.new),
    };
  });
  const unexplained = [...backward.unexplained, ...forward.unexplained];
  if (unexplained.length === 0) return confirmed;
  const rest: SchemaChange = {
    kind: "unexplained",
    path: `/Event/${event}`,
    description: `documents of ${event} show a difference that the comparison of the schemas did not find`,
    verdict: verdictOf(backward.unexplained.length === 0, forward.unexplained.length === 0),
    isUnproven: false,
    witnesses: unexplained,
    old: undefined,
    new: undefined,
  };
  return [...confirmed, rest];
}

/** One direction of compatibility, and the documents that show where it does not hold. */
class Direction {
  /** At most one: a document that no change explains. */
  readonly unexplained: readonly Witness[];
  readonly #name: "backward" | "forward";
  readonly #witnesses = new Map<StructuralChange, Disagreement>();

  constructor(changes: readonly StructuralChange[], name: "backward" | "forward", all: readonly Disagreement[]) {
    this.#name = name;
    const acceptedBy = name === "backward" ? "old" : "new";
    const disagreements = all.filter((each) => each.acceptedBy === acceptedBy).toSorted(bySimplicity);
    const suspects = changes.filter((change) => change[name] !== "holds");
    const others = changes.filter((change) => change[name] === "holds" && !isInvisible(change));
    let unexplained: Disagreement | undefined;
    for (const disagreement of disagreements) {
      const isExplained =
        this.#attribute(disagreement, suspects, isAbout) ||
        this.#attribute(disagreement, others, isAbout) ||
        this.#attribute(disagreement, suspects, isAboutNamesake);
      if (!isExplained) unexplained ??= disagreement;
    }
    this.unexplained = unexplained === undefined ? [] : [witnessOf(unexplained, unexplained.problems[0]!)];
  }

  holdsFor(change: StructuralChange): boolean {
    if (this.#witnesses.has(change)) return false;
    return effectOf(change, this.#name) !== "breaks";
  }

  /** Where the schemas do not tell, a witness for the other direction shows that documents came to the place. */
  isUnprovenFor(change: StructuralChange, other: Direction): boolean {
    if (this.#witnesses.has(change)) return false;
    const effect = effectOf(change, this.#name);
    return effect === "breaks" || (effect === "unknown" && !other.#witnesses.has(change));
  }

  witnessesFor(change: StructuralChange): readonly Witness[] {
    const disagreement = this.#witnesses.get(change);
    if (disagreement === undefined) return [];
    const { problems } = disagreement;
    const problem =
      problems.find((each) => isAbout(each, change)) ?? problems.find((each) => isAboutNamesake(each, change));
    return [witnessOf(disagreement, problem ?? problems[0]!)];
  }

  /** Gives a document to the changes that its problems are about; those that have a simpler one already keep it. */
  #attribute(disagreement: Disagreement, changes: readonly StructuralChange[], concerns: typeof isAbout): boolean {
    const concerned = changes.filter((change) => disagreement.problems.some((problem) => concerns(problem, change)));
    for (const change of concerned) if (!this.#witnesses.has(change)) this.#witnesses.set(change, disagreement);
    return concerned.length > 0;
  }
}

function effectOf(change: StructuralChange, direction: "backward" | "forward"): Effect {
  return change[direction];
}

/** Documents with one problem, and short ones, say most. */
function bySimplicity(a: Disagreement, b: Disagreement): number {
  return a.problems.length - b.problems.length || a.document.length - b.document.length;
}

function witnessOf({ document, acceptedBy }: Disagreement, problem: Witness["problem"]): Witness {
  return { document, acceptedBy, problem };
}

function placeOf(source: ComponentSource | undefined): SchemaPlace | undefined {
  return source === undefined ? undefined : { file: source.file, line: positionOf(source.node).line };
}
