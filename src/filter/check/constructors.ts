import type { Constructor, DirectElement, Expression } from "../syntax/ast.ts";
import type { Analysis, Place } from "./analysis.ts";
import { oneOf, type Value } from "./value.ts";

/** A constructed node, of which nothing is known; its parts may have steps into the document. */
export function interpretConstructor(constructor: Constructor, place: Place, analysis: Analysis): Value {
  const inner = constructor.kind === "directElement" ? insideOf(constructor, place) : place;
  for (const each of partsOf(constructor)) analysis.evaluate(each, inner);
  return oneOf({ kind: "anything", events: place.live });
}

/** Its namespace declarations hold for the names in it (XQuery 3.1, section 3.9.1.2). */
function insideOf({ namespaces }: DirectElement, place: Place): Place {
  if (namespaces.length === 0) return place;
  return { ...place, scope: place.scope.declare(new Map(namespaces.map(({ prefix, uri }) => [prefix, uri]))) };
}

function partsOf(constructor: Constructor): readonly Expression[] {
  switch (constructor.kind) {
    case "directComment":
    case "directProcessingInstruction":
      return [];
    case "directElement":
      return [
        ...constructor.attributes.flatMap(({ parts }) => parts.filter((part) => typeof part !== "string")),
        ...constructor.content.flatMap((part) =>
          part.kind === "enclosed" ? part.expression : part.kind === "node" ? part.node : [],
        ),
      ];
    case "computedDocument":
    case "computedText":
    case "computedComment":
      return constructor.content === undefined ? [] : [constructor.content];
    default: {
      const { name, content } = constructor;
      const computed = typeof name === "object" && "kind" in name ? [name] : [];
      return content === undefined ? computed : [...computed, content];
    }
  }
}
