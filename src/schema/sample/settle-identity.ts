import { XmlElement, type XmlAttribute } from "../../xml/index.ts";
import type { IdentityConstraint } from "../model/components.ts";
import { parseIdentityPath, selectNodes } from "../problems/identity-path.ts";
import { writeAndRead, type WrittenSample } from "./node-pairs.ts";
import type { Random } from "./random.ts";
import { allElements, type SampleElement, type SampleText } from "./sample-tree.ts";
import type { ValueSampler } from "./values/value-sampler.ts";

/**
 * Makes the values of keys and unique fields differ, and lets references to keys lead to one (XML Schema 1.0 part 1,
 * section 3.11), where that is a matter of values. Whether it was enough must be checked.
 */
export function settleIdentity(root: SampleElement, values: ValueSampler, random: Random): void {
  const constrained = [...allElements(root)].filter(({ declaration }) => hasConstraints(declaration));
  if (constrained.length === 0) return;
  const written = writeAndRead(root);
  const keys = new Map<string, Fields[]>();
  for (const kind of ["key", "unique", "keyref"] as const) {
    for (const element of constrained) {
      for (const constraint of element.declaration?.identityConstraints ?? []) {
        if (constraint.kind !== kind) continue;
        const sequences = sequencesOf(constraint, element, written).map(({ fields }) => fields);
        if (kind === "keyref") refer(sequences, keys.get(String(constraint.refer)) ?? [], random);
        else keys.set(String(constraint.name), makeDifferent(sequences, values));
      }
    }
  }
}

/** Whether an element has keys, unique fields or references to keys. */
export function hasConstraints(declaration: SampleElement["declaration"]): boolean {
  return declaration !== undefined && declaration.identityConstraints.length > 0;
}

type Fields = readonly SampleText[];

/** An element that a constraint selects, with all its fields. */
export interface KeySequence {
  readonly node: XmlElement;
  readonly fields: Fields;
}

/** The selected elements that have every field. */
export function sequencesOf(
  constraint: IdentityConstraint,
  element: SampleElement,
  written: WrittenSample,
): readonly KeySequence[] {
  const { node } = constraint.source;
  const fields = constraint.fields.map((field) => parseIdentityPath(field, node));
  const selected = selectNodes(parseIdentityPath(constraint.selector, node), written.nodeOf(element));
  return [...selected].flatMap((each) => {
    if (!(each instanceof XmlElement)) return [];
    const texts = fields.map((field) => {
      const [only]: (XmlElement | XmlAttribute)[] = [...selectNodes(field, each)];
      return only === undefined ? undefined : written.textOf(only);
    });
    const present = texts.filter((text) => text !== undefined);
    return present.length === fields.length ? [{ node: each, fields: present }] : [];
  });
}

/** Sets values anew until no two sequences are the same. */
function makeDifferent(sequences: readonly Fields[], values: ValueSampler): Fields[] {
  const seen = new Set<string>();
  for (const fields of sequences) {
    for (let attempt = 0; seen.has(keyOf(fields)) && attempt < ATTEMPTS; attempt++) {
      const field = fields[attempt % fields.length]!;
      if (field.checker === undefined || field.fixed !== undefined || field.checker.identity !== undefined) continue;
      field.text = values.sample(field.checker).text;
    }
    seen.add(keyOf(fields));
  }
  return [...sequences];
}

function refer(sequences: readonly Fields[], keys: readonly Fields[], random: Random): void {
  for (const fields of sequences) {
    const key = random.pick(keys);
    if (key === undefined) return;
    for (const [index, field] of fields.entries()) {
      if (field.fixed === undefined) field.text = key[index]!.text;
    }
  }
}

function keyOf(fields: Fields): string {
  return fields.map(({ text, checker }) => checker?.normalize(text) ?? text).join("\u0002");
}

const ATTEMPTS = 40;
