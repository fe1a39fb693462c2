import type { Catalog } from "../catalog.ts";
import { nearInvalidEvents } from "../sample/broken/near-invalid.ts";
import { SampleError } from "../sample/sample-error.ts";
import { sampleEvent } from "../sample/sample-event.ts";
import type { ValidationProblem } from "../problems/validation-problem.ts";

/** A document that the two catalogs judge differently. */
export interface Disagreement {
  readonly document: string;
  readonly acceptedBy: "old" | "new";
  /** What the other one says. */
  readonly problems: readonly ValidationProblem[];
}

/** What both catalogs said about generated documents. */
export interface Judgements {
  /** Documents that both accepted. */
  readonly accepted: number;
  readonly disagreements: readonly Disagreement[];
}

/** How many documents are generated. */
export interface WitnessSearch {
  readonly seed: number;
  /** Valid documents of each side. */
  readonly samples: number;
  /** Documents of each side that break one of its rules, at most. */
  readonly nearInvalid: number;
}

/**
 * Lets both catalogs judge documents of an event type: valid ones of each side, and ones that break just one rule of one side and
 * so lie at the edge of what it allows.
 */
export function findWitnesses(old: Catalog, now: Catalog, event: string, search: WitnessSearch): Judgements {
  let accepted = 0;
  const disagreements: Disagreement[] = [];
  for (const document of documentsOf([old, now], event, search)) {
    const [before, after] = [old.validate(document), now.validate(document)];
    if (before.length === 0 && after.length === 0) accepted++;
    else if (before.length === 0) disagreements.push({ document, acceptedBy: "old", problems: after });
    else if (after.length === 0) disagreements.push({ document, acceptedBy: "new", problems: before });
  }
  return { accepted, disagreements };
}

function* documentsOf(catalogs: readonly Catalog[], event: string, search: WitnessSearch): Iterable<string> {
  const seen = new Set<string>();
  for (const catalog of catalogs) {
    if (!catalog.eventNames.includes(event)) continue;
    for (const document of [...samplesOf(catalog, event, search), ...brokenOf(catalog, event, search)]) {
      if (seen.has(document)) continue;
      seen.add(document);
      yield document;
    }
  }
}

/** A type of which no sample can be made has none; then the schemas alone tell. */
function samplesOf({ model }: Catalog, event: string, { seed, samples }: WitnessSearch): readonly string[] {
  const documents: string[] = [];
  for (let i = 0; i < samples; i++) {
    try {
      const optional = OPTIONAL[i % OPTIONAL.length]!;
      documents.push(sampleEvent(model, event, { seed: seed + i, optional, maxElements: MAX_ELEMENTS }));
    } catch (error) {
      if (!(error instanceof SampleError)) throw error;
      // What fails once for want of luck fails quickly; what always fails need not be tried so often.
      if (documents.length === 0 && i >= FAILURES) break;
    }
  }
  return documents;
}

function brokenOf({ model }: Catalog, event: string, { seed, nearInvalid }: WitnessSearch): readonly string[] {
  const documents: string[] = [];
  try {
    for (const { document } of nearInvalidEvents(model, event, { seed })) {
      if (documents.length >= nearInvalid) break;
      documents.push(document);
    }
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
  }
  return documents;
}

/** How full the documents are, one after the other: all parts, what must be there, and what comes. */
const OPTIONAL = [1, 0, 0.5, 0.8];

const MAX_ELEMENTS = 60;
const FAILURES = 3;
