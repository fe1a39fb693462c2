import { XqbusError, invariant } from "../../errors.ts";
import { internName } from "../../xml/index.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import type { ElementDeclaration } from "../model/components.ts";
import { getEvent } from "../model/event-name.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { diagnose } from "../problems/diagnose.ts";
import { nearestName } from "../../nearest-name.ts";
import { ElementSampler } from "./element-sampler.ts";
import { writeAndRead } from "./node-pairs.ts";
import { Random } from "./random.ts";
import { SampleError } from "./sample-error.ts";
import { resolveSampleOptions, type ResolvedSampleOptions, type SampleOptions } from "./sample-options.ts";
import { allElements, type SampleElement } from "./sample-tree.ts";
import { hasConstraints, settleIdentity } from "./settle-identity.ts";
import { writeSample } from "./write-sample.ts";

/**
 * A random valid event: an `Event` around one event of this type, as XML text. Its parts and values come from the content models
 * and facets of the schema.
 *
 * @throws UnknownNameError (`xqbus:unknown-name`) when there is no such event type
 * @throws XqbusError `xqbus:unknown-name` when there is no place for one of the given values
 * @throws SampleError (`xqbus:illegal-argument`) when a value cannot be made: patterns that contradict other facets, keys with too
 *   few values, content that needs itself without end
 */
export function sampleEvent(model: SchemaModel, name: string, options: SampleOptions = {}): string {
  return writeSample(sampleTree(model, name, resolveSampleOptions(options)));
}

/** {@link sampleEvent} as a tree. */
export function sampleTree(model: SchemaModel, name: string, options: ResolvedSampleOptions): SampleElement {
  const declaration = getEvent(model, name);
  let failure: XqbusError = new SampleError(`a sample of ${name}`, "its keys and references do not fit together");
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const sample = trySample(model, declaration, options, new Random(options.seed, attempt));
      if (sample !== undefined) return sample;
    } catch (error) {
      if (!(error instanceof SampleError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Undefined when keys and references do not fit together. */
function trySample(
  { namespace, eventNames, table }: SchemaModel,
  declaration: ElementDeclaration,
  options: ResolvedSampleOptions,
  random: Random,
): SampleElement | undefined {
  const sampler = new ElementSampler(table, declaration, options, random);
  const envelope = table.element(internName(namespace, ENVELOPE_NAME));
  invariant(envelope !== undefined, "a catalog has an envelope");
  const root = sampler.element(envelope);
  const [unused] = sampler.given.unused;
  if (unused !== undefined) throw unknownPart(unused, root, declaration);
  for (const reference of sampler.references) {
    reference.text = sampler.values.sample(reference.checker!).text;
  }
  settleIdentity(root, sampler.values, random);
  const needsCheck =
    sampler.values.ids.size > 0 || [...allElements(root)].some((each) => hasConstraints(each.declaration));
  if (!needsCheck) return root;
  const problems = diagnose(writeAndRead(root).document, { namespace, eventNames, table, maxProblems: 1 });
  return problems.some(({ code }) => /^cvc-(id|identity)/.test(code)) ? undefined : root;
}

function unknownPart(path: string, root: SampleElement, { name }: ElementDeclaration): XqbusError {
  const names = [...allElements(root)].flatMap((each) => [
    each.name.localName,
    ...each.attributes.map((attribute) => `@${attribute.name.localName}`),
  ]);
  const suggestion = nearestName(path.slice(path.lastIndexOf("/") + 1), new Set(names));
  const hint = suggestion === undefined ? "" : ` (did you mean "${suggestion}"?)`;
  const message = `${name.localName} has no part "${path}", or none that can be there with the other values${hint}`;
  return new XqbusError("xqbus:unknown-name", message);
}

/** Documents that are made anew until one fits together. */
const ATTEMPTS = 40;
