import { assertMembers, illegalOption, shown } from "../assert-option.ts";
import { statedKey } from "../amqp/index.ts";
import { compileFilter, type Filter, type FilterOptions } from "../filter/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { RouteInput } from "./route.ts";

/** Such names can stand in the address of a queue of every product. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,149}$/;
const MEMBERS = ["xquery", "language", "routingKey", "namespaces", "defaultElementNamespace", "orderBy"] as const;
const MAX_TEXT = 1000;
const MAX_NAMESPACES = 100;

/** Whether a route can have this name. */
export function isRouteName(name: unknown): name is string {
  return typeof name === "string" && NAME.test(name);
}

/** @throws XqbusError `xqbus:illegal-argument` */
export function assertRouteName(name: unknown): asserts name is string {
  if (isRouteName(name)) return;
  throw illegalOption(
    `the name of a route must be 1 to 150 letters, digits, "_", "." and "-", and begin with none of the last two, got ${shown(name)}`,
  );
}

/**
 * A route as somebody wants it, with what is known of routes only.
 *
 * @throws XqbusError `xqbus:illegal-argument`; FilterError when the filter does not compile, or can match no event of the catalog
 */
export function checkRoute(given: unknown, catalog: Catalog): RouteInput {
  assertMembers(given, "the route", MEMBERS);
  const { xquery, language, routingKey, namespaces, defaultElementNamespace, orderBy } = given as RouteInput;
  if (language !== undefined && xquery === undefined) throw illegalOption("language is there without xquery");
  for (const [name, text] of Object.entries({ routingKey, defaultElementNamespace })) assertText(text, name);
  assertNamespaces(namespaces);
  const input: RouteInput = {
    ...(xquery === undefined ? {} : { xquery }),
    ...(language === undefined || language === "xquery" ? {} : { language }),
    ...(routingKey === undefined ? {} : { routingKey }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(defaultElementNamespace === undefined ? {} : { defaultElementNamespace }),
    ...(orderBy === undefined ? {} : { orderBy }),
  };
  routeFilter(input, catalog);
  if (orderBy !== undefined) statedKey(orderBy, defaultElementNamespace);
  return input;
}

/**
 * The filter of a route.
 *
 * @param catalog what it is checked against; default: it is not
 * @throws FilterError
 */
export function routeFilter(input: RouteInput, catalog?: Pick<Catalog, "model">): Filter {
  const { text, ...options } = filterText(input);
  return compileFilter(text, { ...options, ...(catalog === undefined ? {} : { catalog }) });
}

/** The filter of a route as a text, and how that is to be read. */
export function filterText({ xquery: text = ".", language, namespaces, defaultElementNamespace }: RouteInput): {
  readonly text: string;
} & Pick<FilterOptions, "language" | "namespaces" | "defaultElementNamespace"> {
  return {
    text,
    ...(language === undefined ? {} : { language }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(defaultElementNamespace === undefined ? {} : { defaultElementNamespace }),
  };
}

function assertText(text: unknown, name: string): void {
  if (text === undefined || (typeof text === "string" && text.length <= MAX_TEXT)) return;
  throw illegalOption(`${name} must be a text of at most ${MAX_TEXT} characters, got ${shown(text)}`);
}

function assertNamespaces(namespaces: unknown): void {
  if (namespaces === undefined) return;
  const entries = typeof namespaces === "object" && namespaces !== null ? Object.entries(namespaces) : undefined;
  if (entries === undefined || entries.length > MAX_NAMESPACES) {
    throw illegalOption(`namespaces must be an object of at most ${MAX_NAMESPACES} prefixes`);
  }
  for (const [prefix, uri] of entries) assertText(uri, `namespaces.${prefix}`);
}
