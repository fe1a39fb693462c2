import type { XqbusError } from "../../errors.ts";
import { EventTypes } from "../../listener/index.ts";
import { eventWords, type Catalog } from "../../schema/index.ts";
import type { EventScope, Grants } from "../access/index.ts";
import { forbidden, forbiddenType } from "./refusal.ts";

/** What is done with a thing that belongs to event types. */
export interface TypedAct {
  readonly scope: EventScope;
  /** The scope that shows the thing. */
  readonly seenWith: EventScope;
  /** What is thrown when there is no such thing. */
  readonly missing: () => XqbusError;
}

/** Whether a scope covers every one of these types, which may be all there are. */
export function covers(grants: Grants, scope: EventScope, types: readonly string[] | "all"): boolean {
  if (grants.allowsAll(scope)) return true;
  return types !== "all" && types.every((type) => grants.allowsType(scope, type));
}

/**
 * Refuses what the scopes do not cover: what somebody may not see is not there, what they may only see is forbidden.
 *
 * @throws Refusal with status 403; `missing`
 */
export function assertCovers(grants: Grants, types: readonly string[] | "all", act: TypedAct): void {
  const { scope, seenWith, missing } = act;
  if (covers(grants, scope, types)) return;
  if (scope === seenWith || !covers(grants, seenWith, types)) throw missing();
  throw refusalOf(grants, scope, types);
}

/** The types that the words of a listener mean; "all" for every one there is. */
export function typesOfListener(eventTypes: readonly string[], { model }: Catalog): readonly string[] | "all" {
  return new EventTypes(model).shownTypes(eventTypes);
}

/**
 * Refuses a listener of these types.
 *
 * @throws Refusal with status 403
 */
export function assertMayListen(grants: Grants, eventTypes: readonly string[], catalog: Catalog): void {
  const types = typesOfListener(eventTypes, catalog);
  if (!covers(grants, "listener:write", types)) throw refusalOf(grants, "listener:write", types);
}

/**
 * The event types that a list is limited to; undefined for no limit. Types that the catalog does not have any more are among them only
 * where a scope names them.
 */
export function typesCovered(grants: Grants, scope: EventScope, catalog: Catalog): readonly string[] | undefined {
  if (grants.allowsAll(scope)) return undefined;
  const types = new Set([...eventWords(catalog.model).values(), ...grants.patternsOf(scope)]);
  return [...types].filter((type) => grants.allowsType(scope, type));
}

function refusalOf(grants: Grants, scope: EventScope, types: readonly string[] | "all"): XqbusError {
  if (types === "all")
    return forbidden(scope, ", which it takes for all event types; name those that it is limited to");
  return forbiddenType(scope, types.find((type) => !grants.allowsType(scope, type)) ?? "*");
}
