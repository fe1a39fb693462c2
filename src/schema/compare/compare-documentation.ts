import { documentOf, type XmlElement } from "../../xml/index.ts";
import type { ComponentSource } from "../model/components.ts";
import { documentationOf } from "../model/annotation.ts";
import { xsdChildren } from "../model/xsd.ts";
import type { StructuralChange } from "./structural-change.ts";

/** The differences between the annotations of two components, which no document can show. */
export function* compareDocumentation({
  path,
  name,
  old,
  new: now,
}: {
  readonly path: string;
  readonly name: string;
  readonly old: ComponentSource | undefined;
  readonly new: ComponentSource | undefined;
}): Iterable<StructuralChange> {
  if (old === undefined || now === undefined) return;
  const unchanged = { path, backward: "holds", forward: "holds", old, new: now } as const;
  if (documentationOf(old.node) !== documentationOf(now.node)) {
    yield { ...unchanged, kind: "documentation-changed", description: `the documentation of ${name} changed` };
  }
  if (appinfoOf(old.node) !== appinfoOf(now.node)) {
    yield { ...unchanged, kind: "annotation-changed", description: `the annotations of ${name} changed` };
  }
}

/** The text of all xs:appinfo elements, with white space collapsed. */
function appinfoOf(node: XmlElement): string {
  const { source } = documentOf(node);
  return xsdChildren(node, "annotation")
    .flatMap((each) => xsdChildren(each, "appinfo"))
    .map(({ offset, endOffset }) => source.slice(offset, endOffset).replaceAll(/\s+/g, " "))
    .join("\n");
}
