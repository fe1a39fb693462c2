import type { XmlElement } from "../../xml/index.ts";
import { documentationOf, ownAnnotations } from "../model/annotation.ts";

/** The documentation of a component for a docstring; the annotation `deprecated` becomes the tag that editors know. */
export function documentationWithTags(node: XmlElement | undefined): string {
  const deprecated = ownAnnotations(node).find(({ name }) => name === "deprecated")?.text;
  return [documentationOf(node), ...(deprecated === undefined ? [] : [`@deprecated ${deprecated}`])]
    .filter(Boolean)
    .join("\n\n");
}
