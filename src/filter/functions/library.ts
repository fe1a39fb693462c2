import type { ExpandedName } from "../../xml/index.ts";
import { nearestName } from "../../schema/index.ts";
import {
  ARRAY_NAMESPACE,
  FN_NAMESPACE,
  LOCAL_NAMESPACE,
  MAP_NAMESPACE,
  MATH_NAMESPACE,
  XSD_NAMESPACE,
} from "../values/namespaces.ts";
import { QueryError, UnsupportedError } from "../values/query-error.ts";
import { AGGREGATE_FUNCTIONS } from "./aggregates.ts";
import { BOOLEAN_FUNCTIONS } from "./boolean.ts";
import { CARDINALITY_FUNCTIONS } from "./cardinality.ts";
import { CONSTRUCTOR_FUNCTIONS } from "./constructors.ts";
import { FOCUS_FUNCTIONS } from "./focus.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { MATH_FUNCTIONS } from "./math.ts";
import { NUMBER_FUNCTIONS } from "./numbers.ts";
import { SEQUENCE_FUNCTIONS } from "./sequences.ts";
import { STRING_FUNCTIONS } from "./strings.ts";
import { ARRAY_FUNCTIONS } from "./arrays.ts";
import { DATE_FUNCTIONS } from "./dates.ts";
import { DIAGNOSTIC_FUNCTIONS } from "./diagnostics.ts";
import { HIGHER_ORDER_FUNCTIONS } from "./higher-order.ts";
import { MAP_FUNCTIONS } from "./maps.ts";
import { NODE_FUNCTIONS } from "./nodes.ts";
import { QNAME_FUNCTIONS } from "./qnames.ts";
import { URI_FUNCTIONS } from "./uris.ts";
import { REGEX_FUNCTIONS } from "./regex.ts";
import { REFUSED_FUNCTIONS } from "./refused.ts";
import { concatOf } from "./concat.ts";

/** All families; a new file of functions is one line here. */
const FAMILIES: readonly (readonly FunctionDefinition[])[] = [
  AGGREGATE_FUNCTIONS,
  ARRAY_FUNCTIONS,
  BOOLEAN_FUNCTIONS,
  CARDINALITY_FUNCTIONS,
  CONSTRUCTOR_FUNCTIONS,
  DATE_FUNCTIONS,
  DIAGNOSTIC_FUNCTIONS,
  FOCUS_FUNCTIONS,
  HIGHER_ORDER_FUNCTIONS,
  MAP_FUNCTIONS,
  MATH_FUNCTIONS,
  NODE_FUNCTIONS,
  NUMBER_FUNCTIONS,
  QNAME_FUNCTIONS,
  REGEX_FUNCTIONS,
  SEQUENCE_FUNCTIONS,
  STRING_FUNCTIONS,
  URI_FUNCTIONS,
];

const byNameAndArity = new Map(FAMILIES.flat().map((each) => [keyOf(each.name, each.parameters.length), each]));

/** The built-in function of a name and arity; undefined when there is none. */
export function findFunction(name: ExpandedName, arity: number): FunctionDefinition | undefined {
  return byNameAndArity.get(keyOf(name, arity)) ?? concatOf(name, arity);
}

/** The error for a function that is not there. */
export function unknownFunction(name: ExpandedName, arity: number, at: number): QueryError {
  const written = `${PREFIXES[name.namespace] ?? ""}${name.localName}`;
  const refused =
    name.namespace === FN_NAMESPACE && Object.hasOwn(REFUSED_FUNCTIONS, name.localName)
      ? REFUSED_FUNCTIONS[name.localName]
      : undefined;
  if (refused !== undefined) return new UnsupportedError(`fn:${name.localName}()`, refused, at);
  const arities = [...byNameAndArity.values()]
    .filter((each) => each.name === name)
    .map((each) => each.parameters.length);
  if (arities.length > 0) {
    const counts = arities.sort((a, b) => a - b).join(" or ");
    return new QueryError(
      "XPST0017",
      `${written}() takes ${counts} ${counts === "1" ? "argument" : "arguments"}; found ${arity}`,
      at,
    );
  }
  const names = [...byNameAndArity.values()].filter((each) => each.name.namespace === name.namespace);
  const nearest = nearestName(
    name.localName,
    names.map((each) => each.name.localName),
  );
  const hint = nearest === undefined ? "" : ` (did you mean ${PREFIXES[name.namespace] ?? ""}${nearest}()?)`;
  return new QueryError("XPST0017", `there is no function ${written}()${hint}`, at);
}

/** How names in the namespaces of functions are shown. */
const PREFIXES: Readonly<Record<string, string | undefined>> = {
  [XSD_NAMESPACE]: "xs:",
  [MATH_NAMESPACE]: "math:",
  [MAP_NAMESPACE]: "map:",
  [ARRAY_NAMESPACE]: "array:",
  [LOCAL_NAMESPACE]: "local:",
};

function keyOf(name: ExpandedName, arity: number): string {
  return `${String(name)}#${arity}`;
}
