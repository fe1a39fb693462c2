import type { ExpandedName } from "../../xml/index.ts";
import { DECIMAL, DOUBLE, FLOAT, type AtomicType } from "./atomic-type.ts";

/** A sequence type with its names resolved (XQuery 3.1, section 2.5.4). */
export interface SequenceType {
  /** Undefined for `empty-sequence()`. */
  readonly item: ItemType | undefined;
  readonly occurrence: "" | "?" | "*" | "+";
}

/** An item type with its names resolved. */
export type ItemType =
  | { readonly kind: "item" }
  | { readonly kind: "atomic"; readonly type: AtomicType }
  /** One of several, such as xs:numeric. */
  | { readonly kind: "union"; readonly types: readonly AtomicType[] }
  | {
      readonly kind: "function";
      /** Undefined for `function(*)`. */
      readonly signature: { readonly parameters: readonly SequenceType[]; readonly result: SequenceType } | undefined;
    }
  | { readonly kind: "map"; readonly entry: { readonly key: ItemType; readonly value: SequenceType } | undefined }
  | { readonly kind: "array"; readonly member: SequenceType | undefined }
  | NodeType;

/** The node kinds as item types. Nodes have no type annotation but xs:untyped and xs:untypedAtomic. */
export type NodeType =
  | { readonly kind: "node" | "text" | "comment" | "namespaceNode" }
  | { readonly kind: "processingInstruction"; readonly target: string | undefined }
  | { readonly kind: "document"; readonly element: NodeType | undefined }
  | {
      readonly kind: "element" | "attribute";
      readonly name: ExpandedName | undefined;
      readonly acceptsUntyped: boolean;
    };

/** xs:numeric. */
export const NUMERIC: ItemType = { kind: "union", types: [DECIMAL, DOUBLE, FLOAT] };

/** `item()*`. */
export const ANYTHING: SequenceType = { item: { kind: "item" }, occurrence: "*" };
