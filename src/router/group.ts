import { XqbusError } from "../errors.ts";

/** A group of daemons, all of which have one database, as one of them says it to others. */
export interface Group {
  readonly id: string;
  /** Of the daemon that says it. */
  readonly host: string;
  /** Names of the subscriptions by which its daemons take events from the domain. */
  readonly subscriptions: readonly string[];
}

/** Another group that was heard of. */
export interface HeardGroup extends Omit<Group, "subscriptions"> {
  /** Those of its subscriptions that this group has, too: their events are divided. */
  readonly shared: readonly string[];
  /** How long ago, in ms. */
  readonly agoMs: number;
}

/** The method of the service of daemons that is called with a {@link Group}, and gives that of the daemon that answers. */
export const GROUP_METHOD = "getGroup";

/** From one question to the next, in ms, more or less. */
export const GROUP_INTERVAL_MS = 10_000;
/** A group is forgotten that was not heard of for so many times as long. */
export const REMEMBERED_ROUNDS = 18;

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
/** Names of hosts as they are shown to people: RFC 1123, and underscores. */
const HOST = /^[A-Za-z0-9._-]{1,253}$/u;
const MAX_HOST = 253;
/** Of a group; further ones that somebody says are left out. */
const MOST_SUBSCRIPTIONS = 10;
const MOST_NAMED = 5;

/** Reads what somebody has sent. @returns undefined: it is none */
export function readGroup(given: unknown): Group | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  if (!("id" in given) || !("host" in given) || !("subscriptions" in given)) return undefined;
  const { id, host, subscriptions } = given;
  if (!isGroupId(id) || typeof host !== "string" || !HOST.test(host) || !Array.isArray(subscriptions)) return undefined;
  const isText = (each: unknown): each is string => typeof each === "string";
  return { id, host, subscriptions: subscriptions.slice(0, MOST_SUBSCRIPTIONS).filter(isText) };
}

/** Whether somebody has sent what can be the id of a group. */
export function isGroupId(given: unknown): given is string {
  return typeof given === "string" && ID.test(given);
}

/** The name of a host as others take it. */
export function shownHost(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/gu, "_").slice(0, MAX_HOST) || "unknown";
}

/** What is wrong where other groups serve the domain, and what to do. */
export interface OtherGroupsProblem {
  /** `shared-domain`: events are divided; `shared-service`: only what consumers ask is. */
  readonly code: "xqbus:shared-domain" | "xqbus:shared-service";
  readonly text: string;
  readonly advice: string;
}

/** @param others at least one */
export function otherGroupsProblem(domain: string, others: readonly HeardGroup[]): OtherGroupsProblem {
  const dividing = others.filter(({ shared }) => shared.length > 0);
  const who = (groups: readonly HeardGroup[]): string =>
    `other daemons serve the domain ${domain} with another database (heard of: ${namesOf(groups)})`;
  const aDomain = "each group a domain of its own";
  if (dividing.length === 0) {
    const what =
      "each group has subscriptions of its own and gets every event, but what consumers ask of daemons reaches either group: a queue " +
      "may be filled by both, and the end of a route may reach the one that does not have it";
    const advice = `let only one of them have a router ([router] enabled = false in the others), or give ${aDomain}`;
    return { code: "xqbus:shared-service", text: `${who(others)}: ${what}`, advice };
  }
  const names = [...new Set(dividing.flatMap(({ shared }) => shared))];
  const of = `the ${names.length === 1 ? "subscription" : "subscriptions"} ${names.join(", ")}`;
  const what = `events of ${of} are divided among both groups, and each passes on only its own part`;
  const advice = `give all daemons of the domain one [storage] url, or ${aDomain}`;
  return { code: "xqbus:shared-domain", text: `${who(dividing)}: ${what}`, advice };
}

function namesOf(groups: readonly HeardGroup[]): string {
  const named = groups.slice(0, MOST_NAMED).map(({ host, agoMs }) => `${host} ${Math.round(agoMs / 1000)} s ago`);
  const more = groups.length > named.length ? [`and ${groups.length - named.length} more`] : [];
  return [...named, ...more].join(", ");
}

/** The problem as an error. */
export function otherGroupsError(domain: string, others: readonly HeardGroup[]): XqbusError {
  const { code, text, advice } = otherGroupsProblem(domain, others);
  return new XqbusError(code, `${text}: ${advice}`);
}
