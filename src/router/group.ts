import { XqbusError } from "../errors.ts";

/** A group of daemons, all of which have one database, as one of them says it to others. */
export interface Group {
  readonly id: string;
  /** Of the daemon that says it. */
  readonly host: string;
}

/** Another group that was heard of. */
export interface HeardGroup extends Group {
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
const MOST_NAMED = 5;

/** Reads what somebody has sent. @returns undefined: it is none */
export function readGroup(given: unknown): Group | undefined {
  if (typeof given !== "object" || given === null || !("id" in given) || !("host" in given)) return undefined;
  const { id, host } = given;
  if (typeof id !== "string" || !ID.test(id) || typeof host !== "string" || !HOST.test(host)) return undefined;
  return { id, host };
}

/** The name of a host as others take it. */
export function shownHost(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/gu, "_").slice(0, MAX_HOST) || "unknown";
}

/** What is wrong where other groups serve the domain, and what to do. */
export function sharedDomainText(domain: string, others: readonly HeardGroup[]): string {
  const named = others.slice(0, MOST_NAMED).map(({ host, agoMs }) => `${host} ${Math.round(agoMs / 1000)} s ago`);
  const more = others.length > named.length ? [`and ${others.length - named.length} more`] : [];
  return (
    `other daemons serve the domain ${domain} with another database (heard of: ${[...named, ...more].join(", ")}): ` +
    `events are divided among both groups, and each gives its consumers only its own part`
  );
}

/** What to do about it. */
export const SHARED_DOMAIN_ADVICE =
  "give all daemons of the domain one [storage] url, or each group a domain of its own";

/** The problem as an error. */
export function sharedDomainError(domain: string, others: readonly HeardGroup[]): XqbusError {
  return new XqbusError("xqbus:shared-domain", `${sharedDomainText(domain, others)}: ${SHARED_DOMAIN_ADVICE}`);
}
