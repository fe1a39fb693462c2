import { sameName } from "../../../xml/index.ts";
import { getEvent } from "../../model/event-name.ts";
import type { SchemaModel } from "../../model/schema-model.ts";
import { checkRootElement } from "../../problems/check-root.ts";
import { diagnose } from "../../problems/diagnose.ts";
import { NodePaths } from "../../problems/node-paths.ts";
import type { ValidationProblem } from "../../problems/validation-problem.ts";
import { writeAndRead, type WrittenSample } from "../node-pairs.ts";
import { Random } from "../random.ts";
import { sampleTree } from "../sample-event.ts";
import { resolveSampleOptions, type SampleOptions } from "../sample-options.ts";
import { elementsOf, type SampleElement } from "../sample-tree.ts";
import { ValueSampler } from "../values/value-sampler.ts";
import { breakAttributes } from "./break-attributes.ts";
import { breakChildren } from "./break-children.ts";
import { breakIdentity } from "./break-identity.ts";
import { breakText } from "./break-text.ts";
import { breakXsi } from "./break-xsi.ts";
import type { Breakage, Breaking } from "./breakage.ts";

/** A document with exactly one broken rule. */
export interface NearInvalidEvent {
  /** XML text. */
  readonly document: string;
  /** The broken rule of XML Schema: the `code` of the one problem that validation reports. */
  readonly rule: string;
  /** Where: the `path` of this problem. */
  readonly path: string;
  /** What was done to a valid document: `Status is missing in PhoneStatus`. */
  readonly description: string;
}

/** A broken document, with everything that is wrong with it according to our own diagnosis. */
export interface BrokenEvent extends NearInvalidEvent {
  /** Place in the schema and way of breaking. */
  readonly key: string;
  readonly problems: readonly ValidationProblem[];
}

/** How documents with a broken rule are made. */
export interface NearInvalidOptions extends Pick<SampleOptions, "seed" | "maxDepth" | "maxLength"> {
  /** Valid documents that are broken in every way: more of them reach more branches of the schema; default 8. */
  readonly samples?: number;
}

/**
 * Documents with exactly one broken rule each: every way to break one, at every place of the schema, once. They are made one by
 * one, as they are asked for, and always in the same order.
 *
 * @throws UnknownNameError, SampleError as `sampleEvent`
 */
export function* nearInvalidEvents(
  model: SchemaModel,
  name: string,
  options: NearInvalidOptions = {},
): Generator<NearInvalidEvent, undefined> {
  for (const broken of brokenEvents(model, name, options)) {
    if (!isExact(broken)) continue;
    const { document, rule, path, description } = broken;
    yield { document, rule, path, description };
  }
  return undefined;
}

/**
 * Whether just the rule is broken that should be. What has consequences elsewhere breaks several: a second key that is referred
 * to, a misspelt name that is like another one.
 */
export function isExact({ rule, path, problems: [problem, ...others] }: BrokenEvent): boolean {
  return others.length === 0 && problem?.code === rule && problem.path === path;
}

/** {@link nearInvalidEvents} with those that break more than one rule; these are tried again in other documents. */
export function* brokenEvents(
  model: SchemaModel,
  name: string,
  options: NearInvalidOptions,
): Generator<BrokenEvent, undefined> {
  getEvent(model, name);
  const { samples = DEFAULT_SAMPLES, seed = 1, ...rest } = options;
  const seen = new Set<string>();
  const visits = new Map<string, number>();
  for (let i = 0; i < samples; i++) {
    // The first one has every optional part.
    const optional = i === 0 ? 1 : OPTIONAL;
    const resolved = resolveSampleOptions({
      maxElements: MAX_ELEMENTS,
      maxDepth: MAX_DEPTH,
      ...rest,
      seed: seed + i,
      optional,
    });
    yield* breakTree(sampleTree(model, name, resolved), model, new Random(seed + i, BREAKING), seen, visits);
  }
  return undefined;
}

function* breakTree(
  root: SampleElement,
  model: SchemaModel,
  random: Random,
  seen: Set<string>,
  visits: Map<string, number>,
): Generator<BrokenEvent, undefined> {
  const { table, namespace } = model;
  const breaking: Breaking = { table, values: new ValueSampler(table, VALUE_LENGTH, random), random };
  for (const placed of placesIn(root, [], "")) {
    // A value has no branches that other documents would show.
    const times = elementsOf(placed.element).length > 0 ? 0 : (visits.get(placed.place) ?? 0);
    if (times >= MAX_VISITS) continue;
    visits.set(placed.place, times + 1);
    for (const breaker of BREAKERS) {
      for (const breakage of breaker(placed.element, breaking)) {
        const key = `${placed.place} ${breakage.kind}`;
        if (!seen.has(key)) yield noted({ ...brokenEvent(placed, breakage, model), key }, seen);
      }
    }
  }
  const written = writeAndRead(root);
  for (const { changes, at, rule, kind, description } of breakIdentity(root, written, breaking)) {
    const key = `identity ${kind}`;
    if (seen.has(key)) continue;
    const path = new NodePaths(namespace).pathOf(at);
    const before = [...changes.keys()].map((text) => [text, text.text] as const);
    for (const [text, value] of changes) text.text = value;
    const changed = writeAndRead(root);
    for (const [text, value] of before) text.text = value;
    const problems = problemsIn(changed, model);
    yield noted({ key, document: changed.text, rule, path, description, problems }, seen);
  }
  return undefined;
}

/** An element with those around it, the outermost first. */
interface PlacedElement {
  readonly element: SampleElement;
  readonly around: readonly SampleElement[];
  /** The names from the root on. */
  readonly place: string;
}

function* placesIn(element: SampleElement, around: readonly SampleElement[], outer: string): Generator<PlacedElement> {
  const place = `${outer}/${String(element.name)}`;
  yield { element, around, place };
  for (const child of elementsOf(element)) yield* placesIn(child, [...around, element], place);
}

function brokenEvent(
  { element, around }: PlacedElement,
  breakage: Breakage,
  model: SchemaModel,
): Omit<BrokenEvent, "key"> {
  const { replacement, at, attribute, rule, description } = breakage;
  let [replaced, tree] = [element, replacement];
  for (const outer of around.toReversed()) {
    const [before, after] = [replaced, tree];
    [replaced, tree] = [outer, { ...outer, content: outer.content.map((each) => (each === before ? after : each)) }];
  }
  const written = writeAndRead(tree);
  const node = written.nodeOf(at);
  const wrong = attribute === undefined ? undefined : node.attributes.find(({ name }) => sameName(name, attribute));
  const path = new NodePaths(model.namespace).pathOf(wrong ?? node);
  return { document: written.text, rule, path, description, problems: problemsIn(written, model) };
}

function problemsIn(
  { document }: WrittenSample,
  { namespace, eventNames, table }: SchemaModel,
): readonly ValidationProblem[] {
  const context = { namespace, eventNames, table, maxProblems: MAX_PROBLEMS };
  const rootProblem = checkRootElement(document, namespace, eventNames);
  return rootProblem === undefined ? diagnose(document, context) : [rootProblem];
}

function noted(broken: BrokenEvent, seen: Set<string>): BrokenEvent {
  if (isExact(broken)) seen.add(broken.key);
  return broken;
}

const BREAKERS = [breakChildren, breakText, breakAttributes, breakXsi];

/** Documents in which an element without children is broken at most. */
const MAX_VISITS = 3;

const DEFAULT_SAMPLES = 8;
const OPTIONAL = 0.6;
const MAX_ELEMENTS = 60;
const MAX_DEPTH = 5;
const VALUE_LENGTH = 16;

/** Whether it is one, and the first few of them for those who look into what went wrong. */
const MAX_PROBLEMS = 5;

/** The stream of chance that breaking uses, apart from those of making samples. */
const BREAKING = -1;
