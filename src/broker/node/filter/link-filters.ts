import { XqbusError } from "../../../errors.ts";
import { compileFilter, compileSelector } from "../../../filter/index.ts";
import type { Filter } from "../../protocol/nodes.ts";
import type { AmqpValue } from "../../protocol/codec/amqp-value.ts";
import type { MessageView } from "../message/message-view.ts";
import { headersCondition } from "./headers-condition.ts";
import { selectorProperties } from "./selector-properties.ts";

/** Whether a message is wanted. */
export type Condition = (message: MessageView) => boolean;

/** The filters of one consumer's link that this broker applies; a message has to fulfil all of them. */
export interface LinkFilters {
  /** Their names, as the client chose them. */
  readonly applied: readonly string[];
  /** The filters themselves, as they were asked for. */
  readonly asked: readonly Filter[];
  /** The text of the XQuery filter. */
  readonly query: string | undefined;
  /** The pattern of routing keys. */
  readonly pattern: string | undefined;
  /** All others. */
  readonly conditions: readonly Condition[];
  /** The same for the same filters. */
  readonly fingerprint: string;
}

/** A filter that is none of its kind. */
export interface InvalidFilter {
  readonly invalid: string;
}

type Kind = "direct" | "topic" | "headers" | "no-local" | "selector" | "xquery";

/** Descriptors of filters, by symbol and by code (Apache's registry of AMQP 1.0 filters). */
const KINDS: ReadonlyMap<string | bigint | undefined, Kind> = new Map<string | bigint | undefined, Kind>([
  ["apache.org:legacy-amqp-direct-binding:string", "direct"],
  ["apache.org:legacy-amqp-topic-binding:string", "topic"],
  ["apache.org:legacy-amqp-headers-binding:map", "headers"],
  ["apache.org:no-local-filter:list", "no-local"],
  ["apache.org:selector-filter:string", "selector"],
  ["apache.org:xquery-filter:string", "xquery"],
  [0x468c_0000_0000n, "direct"],
  [0x468c_0000_0001n, "topic"],
  [0x468c_0000_0002n, "headers"],
  [0x468c_0000_0003n, "no-local"],
  [0x468c_0000_0004n, "selector"],
  [0x468c_0000_0005n, "xquery"],
]);

/**
 * Reads the filters of an attach; those of other kinds are left out.
 *
 * @param connection that of the link; undefined where nobody knows who published: what is no-local is left out, too
 */
export function readLinkFilters(
  filters: readonly Filter[],
  connection: number | undefined,
): LinkFilters | InvalidFilter {
  const asked: Filter[] = [];
  let query: string | undefined;
  let pattern: string | undefined;
  const conditions: Condition[] = [];
  const parts: unknown[] = [];
  for (const filter of filters) {
    const kind = KINDS.get(filter.descriptor);
    if (kind === undefined || (kind === "no-local" && connection === undefined)) continue;
    try {
      if (kind === "xquery") query = only(query, queryOf(filter.value));
      else if (kind === "topic") pattern = only(pattern, stringOf(filter.value));
      else conditions.push(conditionOf(kind, filter.value, connection));
    } catch (error) {
      if (!(error instanceof XqbusError)) throw error;
      return { invalid: `filter ${JSON.stringify(filter.name.slice(0, 100))} cannot be used: ${error.message}` };
    }
    asked.push(filter);
    // Another connection is another filter here.
    parts.push(kind === "no-local" ? [kind, connection] : [kind, filter.value]);
  }
  const fingerprint = JSON.stringify(parts, (_key, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
  return { applied: asked.map(({ name }) => name), asked, query, pattern, conditions, fingerprint };
}

/** Compiled here only to refuse it: the topic's index does the work. */
function queryOf(value: AmqpValue): string {
  const query = stringOf(value);
  compileFilter(query);
  return query;
}

function conditionOf(
  kind: Exclude<Kind, "xquery" | "topic">,
  value: AmqpValue,
  connection: number | undefined,
): Condition {
  switch (kind) {
    case "direct": {
      const key = stringOf(value);
      return (message) => message.routingKey === key;
    }
    case "headers":
      return headersCondition(value);
    case "no-local":
      return (message) => message.connection !== connection;
    case "selector": {
      const selector = compileSelector(stringOf(value));
      return (message) => selector.matches(selectorProperties(message));
    }
  }
}

function only(before: string | undefined, text: string): string {
  if (before === undefined) return text;
  throw new XqbusError("xqbus:illegal-argument", "it is the second one of its kind; expected one");
}

function stringOf(value: AmqpValue): string {
  if (value.type === "string") return value.value;
  throw new XqbusError("xqbus:illegal-argument", `its value is of type ${value.type}; expected a string`);
}
