import { sameName } from "../../xml/index.ts";
import { ANY_ATOMIC, INTEGER } from "./atomic-type.ts";
import type { ItemType, NodeType, SequenceType } from "./sequence-type.ts";

/** Whether every instance of the first type is one of the second (XPath 3.1, section 2.5.6.1). */
export function isSubtype(a: SequenceType, b: SequenceType): boolean {
  if (a.item === undefined) return b.item === undefined || b.occurrence === "?" || b.occurrence === "*";
  if (b.item === undefined) return false;
  const mayBeEmpty = a.occurrence === "?" || a.occurrence === "*";
  const mayBeMany = a.occurrence === "+" || a.occurrence === "*";
  const allowsEmpty = b.occurrence === "?" || b.occurrence === "*";
  const allowsMany = b.occurrence === "+" || b.occurrence === "*";
  return (!mayBeEmpty || allowsEmpty) && (!mayBeMany || allowsMany) && isItemSubtype(a.item, b.item);
}

/** Section 2.5.6.2. */
export function isItemSubtype(a: ItemType, b: ItemType): boolean {
  if (b.kind === "item") return true;
  switch (a.kind) {
    case "item":
      return false;
    case "atomic":
      if (b.kind === "union") return b.types.some((type) => a.type.isA(type));
      return b.kind === "atomic" && a.type.isA(b.type);
    case "union":
      return a.types.every((type) => isItemSubtype({ kind: "atomic", type }, b));
    case "function":
      return b.kind === "function" && isSignatureSubtype(a, b);
    case "map":
      if (b.kind === "function") return isMapFunction(a, b);
      return b.kind === "map" && isMapSubtype(a, b);
    case "array":
      if (b.kind === "function") return isArrayFunction(a, b);
      return (
        b.kind === "array" && (b.member === undefined || (a.member !== undefined && isSubtype(a.member, b.member)))
      );
    default:
      return isNodeType(b) && isNodeSubtype(a, b);
  }
}

type FunctionType = Extract<ItemType, { readonly kind: "function" }>;
type MapType = Extract<ItemType, { readonly kind: "map" }>;
type ArrayType = Extract<ItemType, { readonly kind: "array" }>;

function isSignatureSubtype({ signature: a }: FunctionType, { signature: b }: FunctionType): boolean {
  if (b === undefined) return true;
  if (a?.parameters.length !== b.parameters.length) return false;
  return b.parameters.every((parameter, i) => isSubtype(parameter, a.parameters[i]!)) && isSubtype(a.result, b.result);
}

function isMapSubtype({ entry: a }: MapType, { entry: b }: MapType): boolean {
  if (b === undefined) return true;
  return a !== undefined && isItemSubtype(a.key, b.key) && isSubtype(a.value, b.value);
}

/** A map is a function from any atomic value to its value or nothing. */
function isMapFunction({ entry }: MapType, { signature }: FunctionType): boolean {
  if (signature === undefined) return true;
  const value = entry?.value ?? { item: { kind: "item" }, occurrence: "*" };
  const orEmpty = value.occurrence === "" ? "?" : value.occurrence === "+" ? "*" : value.occurrence;
  const [parameter] = signature.parameters;
  const anyAtomic: SequenceType = { item: { kind: "atomic", type: ANY_ATOMIC }, occurrence: "" };
  return (
    signature.parameters.length === 1 &&
    isSubtype(parameter!, anyAtomic) &&
    isSubtype({ item: value.item, occurrence: orEmpty }, signature.result)
  );
}

/** An array is a function from positions to members. */
function isArrayFunction({ member }: ArrayType, { signature }: FunctionType): boolean {
  if (signature === undefined) return true;
  const [parameter] = signature.parameters;
  const position: SequenceType = { item: { kind: "atomic", type: INTEGER }, occurrence: "" };
  return (
    signature.parameters.length === 1 &&
    isSubtype(parameter!, position) &&
    isSubtype(member ?? { item: { kind: "item" }, occurrence: "*" }, signature.result)
  );
}

function isNodeType(type: ItemType): type is NodeType {
  return !["item", "atomic", "union", "function", "map", "array"].includes(type.kind);
}

function isNodeSubtype(a: NodeType, b: NodeType): boolean {
  if (b.kind === "node") return true;
  switch (a.kind) {
    case "processingInstruction":
      return b.kind === a.kind && (b.target === undefined || a.target === b.target);
    case "document":
      return (
        b.kind === a.kind &&
        (b.element === undefined || (a.element !== undefined && isNodeSubtype(a.element, b.element)))
      );
    case "element":
    case "attribute":
      if (b.kind !== a.kind || (!b.acceptsUntyped && a.acceptsUntyped)) return false;
      return b.name === undefined || (a.name !== undefined && sameName(a.name, b.name));
    default:
      return a.kind === b.kind;
  }
}

/** The type as a query writes it: `xs:string?`, `element()*`. */
export function describeType({ item, occurrence }: SequenceType): string {
  return item === undefined ? "empty-sequence()" : `${describeItemType(item)}${occurrence}`;
}

function describeItemType(type: ItemType): string {
  switch (type.kind) {
    case "item":
      return "item()";
    case "atomic":
      return String(type.type);
    case "union":
      return type.types.length === 0 ? "xs:error" : "xs:numeric";
    case "function":
      if (type.signature === undefined) return "function(*)";
      return `function(${type.signature.parameters.map(describeType).join(", ")}) as ${describeType(type.signature.result)}`;
    case "map":
      if (type.entry === undefined) return "map(*)";
      return `map(${describeItemType(type.entry.key)}, ${describeType(type.entry.value)})`;
    case "array":
      return type.member === undefined ? "array(*)" : `array(${describeType(type.member)})`;
    case "processingInstruction":
      return `processing-instruction(${type.target ?? ""})`;
    case "document":
      return `document-node(${type.element === undefined ? "" : describeItemType(type.element)})`;
    case "element":
    case "attribute":
      return `${type.kind}(${type.name === undefined ? "" : type.name.localName})`;
    case "namespaceNode":
      return "namespace-node()";
    default:
      return `${type.kind}()`;
  }
}
