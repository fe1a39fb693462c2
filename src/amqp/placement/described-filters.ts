import rhea from "rhea";
import type { BrokerFilter } from "./filter-placement.ts";

/** Descriptors of filters by symbol (Apache's registry of AMQP 1.0 filters). */
const DESCRIPTORS: Readonly<Record<BrokerFilter["kind"], string>> = {
  xquery: "apache.org:xquery-filter:string",
  selector: "apache.org:selector-filter:string",
  "routing-key": "apache.org:legacy-amqp-direct-binding:string",
};

/** The filters as a source has them (AMQP 1.0, part 3.5.8): described strings, as others are ignored or end the connection. */
export function describedFilters(filters: readonly BrokerFilter[]): Record<string, unknown> {
  return Object.fromEntries(
    filters.map(({ kind, text }) => [kind, rhea.types.wrap_described(text, DESCRIPTORS[kind])]),
  );
}

/** Those filters that the broker's end of the link has, too, unchanged. */
export function echoedFilters(asked: readonly BrokerFilter[], filter: unknown): readonly BrokerFilter[] {
  if (typeof filter !== "object" || filter === null) return [];
  const echo = filter as Readonly<Record<string, unknown>>;
  return asked.filter(({ kind, text }) => Object.hasOwn(echo, kind) && textOf(echo[kind]) === text);
}

/** rhea gives a described string as an object around it, or as the string. */
function textOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (value as { readonly value?: unknown }).value : value;
}
