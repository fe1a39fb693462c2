import type { Sequence } from "../values/item.ts";
import { ERR_NAMESPACE } from "../values/namespaces.ts";
import type { QNameValue } from "../values/qname-value.ts";
import { QueryError } from "../values/query-error.ts";
import { optionalText } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

/** `fn:error` (Functions and Operators 3.1, section 3.1.1). */
function raise([code, description, value]: readonly Sequence[]): never {
  const [name] = (code ?? []) as readonly QNameValue[];
  const reason = description === undefined ? undefined : optionalText(description);
  throw new QueryError(codeOf(name), reason ?? "the query raised an error", undefined, value);
}

function codeOf(name: QNameValue | undefined): string {
  if (name === undefined) return "FOER0000";
  const { namespace, localName } = name.name;
  return namespace === ERR_NAMESPACE ? localName : `Q{${namespace}}${localName}`;
}

/** Functions and Operators 3.1, section 3. A filter has nowhere to write a trace to: the value passes through. */
export const DIAGNOSTIC_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:error() as item()*", raise),
  define("fn:error($code as xs:QName?) as item()*", raise),
  define("fn:error($code as xs:QName?, $description as xs:string) as item()*", raise),
  define("fn:error($code as xs:QName?, $description as xs:string, $object as item()*) as item()*", raise),
  define("fn:trace($value as item()*) as item()*", ([value]) => value!),
  define("fn:trace($value as item()*, $label as xs:string) as item()*", ([value]) => value!),
];
