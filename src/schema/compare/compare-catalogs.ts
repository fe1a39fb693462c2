import { eventElement } from "../model/event-name.ts";
import { XqbusError, invariant } from "../../errors.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import type { Catalog } from "../catalog.ts";
import type { ElementDeclaration } from "../model/components.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { commonVerdict, type CompatibilityReport, type EventCompatibility } from "./compatibility-report.ts";
import { compareElements } from "./compare-elements.ts";
import { confirmChanges } from "./confirm-changes.ts";
import { nearestName } from "../../nearest-name.ts";
import { UnknownNameError } from "../unknown-name-error.ts";
import { findWitnesses, type WitnessSearch } from "./find-witnesses.ts";
import { isInvisible, type StructuralChange } from "./structural-change.ts";

/** How thoroughly catalogs are compared. */
export interface CompareOptions {
  /** Event types to compare; default those of both catalogs. */
  readonly events?: readonly string[];
  /** Which documents are generated: any whole number; default 1. */
  readonly seed?: number;
  /** Valid documents of each side that are generated for an event type that changed; default 200. Others get a tenth of it. */
  readonly samples?: number;
  /** Documents of each side with one broken rule that are generated for an event type that changed, at most; default 1000. */
  readonly nearInvalid?: number;
}

/**
 * Compares two versions of a catalog: what changed, and whether documents of one version are valid in the other one.
 *
 * The schemas say what changed. Documents that are generated from both sides, and judged by both catalogs, prove what that means:
 * each verdict that something is refused carries a document as witness, or is marked as unproven; a verdict never contradicts a
 * document.
 *
 * @throws UnknownNameError `xqbus:unknown-name` for an event type that neither has
 * @throws XqbusError `xqbus:illegal-argument` when the catalogs have different namespaces, or an option makes no sense;
 *   `xqbus:already-closed`
 */
export function compareCatalogs(old: Catalog, now: Catalog, options: CompareOptions = {}): CompatibilityReport {
  if (old.namespace !== now.namespace) {
    const message = `the catalogs have the namespaces "${old.namespace}" and "${now.namespace}"; only catalogs of one namespace can be compared`;
    throw new XqbusError("xqbus:illegal-argument", message);
  }
  const search: WitnessSearch = {
    seed: wholeNumber(options, "seed", 1),
    samples: wholeNumber(options, "samples", 200),
    nearInvalid: wholeNumber(options, "nearInvalid", 1000),
  };
  const names = options.events ?? [...new Set([...old.eventNames, ...now.eventNames])].sort();
  const unknown = names.find((name) => !old.eventNames.includes(name) && !now.eventNames.includes(name));
  if (unknown !== undefined) {
    const suggestion = nearestName(unknown, [...old.eventNames, ...now.eventNames]);
    throw new UnknownNameError(unknown, "an event type of either catalog", suggestion);
  }
  const events = names.map((event) => compareEvent(old, now, event, search));
  return { verdict: commonVerdict(events.map(({ verdict }) => verdict)), events };
}

function compareEvent(old: Catalog, now: Catalog, event: string, search: WitnessSearch): EventCompatibility {
  const [before, after] = [declarationOf(old.model, event), declarationOf(now.model, event)];
  const changes =
    before !== undefined && after !== undefined
      ? structuralChanges(old, now, before, after)
      : comingOrGoing(event, before, after);
  const isChanged = changes.some((change) => !isInvisible(change));
  const effort = isChanged ? search : { ...search, samples: Math.ceil(search.samples / 10), nearInvalid: 0 };
  const judgements = findWitnesses(old, now, event, effort);
  const confirmed = confirmChanges(event, changes, judgements);
  const verdict = commonVerdict(confirmed.map((change) => change.verdict));
  return { event, verdict, changes: confirmed, accepted: judgements.accepted };
}

function structuralChanges(
  old: Catalog,
  now: Catalog,
  before: ElementDeclaration,
  after: ElementDeclaration,
): readonly StructuralChange[] {
  const tables = { old: old.model.table, new: now.model.table };
  return compareElements(before, after, `/${ENVELOPE_NAME}/${after.name.localName}`, tables);
}

/** An event type that only one side has. */
function comingOrGoing(
  event: string,
  before: ElementDeclaration | undefined,
  after: ElementDeclaration | undefined,
): readonly StructuralChange[] {
  const isNew = after !== undefined;
  return [
    {
      kind: isNew ? "event-added" : "event-removed",
      path: `/${ENVELOPE_NAME}/${event}`,
      description: isNew ? `the event type ${event} is new` : `the event type ${event} is gone`,
      backward: isNew ? "holds" : "breaks",
      forward: isNew ? "breaks" : "holds",
      old: before?.source,
      new: after?.source,
    },
  ];
}

function declarationOf({ namespace, eventNames, table }: SchemaModel, event: string): ElementDeclaration | undefined {
  if (!eventNames.includes(event)) return undefined;
  const declaration = table.element(eventElement(event, namespace));
  invariant(declaration !== undefined, `the event type ${event} has no declaration`);
  return declaration;
}

function wholeNumber(options: CompareOptions, name: "seed" | "samples" | "nearInvalid", byDefault: number): number {
  const value = options[name] ?? byDefault;
  if (Number.isSafeInteger(value) && (name === "seed" || value >= 0)) return value;
  throw new XqbusError("xqbus:illegal-argument", `the option ${name} is ${value}; expected a whole number`);
}
