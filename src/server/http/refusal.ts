import { XqbusError } from "../../errors.ts";
import type { XqbusErrorCode } from "../../errors.ts";
import type { EventScope } from "../access/index.ts";
import type { ApiProblem } from "../api-client/index.ts";

/** What an answer of a refusal has beside code and message. */
export interface RefusalDetails {
  readonly headers?: Readonly<Record<string, string>>;
  readonly problems?: readonly ApiProblem[];
}

/** A request that the API itself does not take, with the status that says so. */
export class Refusal extends XqbusError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problems: readonly ApiProblem[];

  constructor(status: number, code: XqbusErrorCode | `amqp:${string}`, message: string, details: RefusalDetails = {}) {
    super(code, message);
    this.status = status;
    this.headers = details.headers ?? {};
    this.problems = details.problems ?? [];
  }
}

/** 401 with what a client needs to log in (RFC 6750, section 3). */
export function unauthenticated(message: string, scheme: "Bearer" | "Basic" = "Bearer"): Refusal {
  const challenge = scheme === "Basic" ? 'Basic realm="xqbus", charset="UTF-8"' : 'Bearer realm="xqbus"';
  return new Refusal(401, "xqbus:authentication-failed", message, { headers: { "www-authenticate": challenge } });
}

/**
 * 403 that names the scope.
 *
 * @param purpose what it is needed for, where that is not clear: `, which …`
 */
export function forbidden(scope: string, purpose: string = ""): Refusal {
  return new Refusal(403, "xqbus:not-permitted", `the API key has no scope ${scope}${purpose}`, {
    headers: { "www-authenticate": `Bearer realm="xqbus", error="insufficient_scope", scope="${scope}"` },
  });
}

/** 403 that names the scope with an event type. */
export function forbiddenType(scope: EventScope, eventType: string): Refusal {
  // It goes into a header, where not every character may stand.
  return forbidden(`${scope}:${/^[\w.:{}/-]+$/.test(eventType) ? eventType : "*"}`);
}

/**
 * 429.
 *
 * @param what of which there were too many: `600/min requests`
 */
export function tooMany(what: string, seconds: number): Refusal {
  return new Refusal(429, "xqbus:too-many-requests", `more than ${what}; try again in ${seconds} s`, {
    headers: { "retry-after": String(seconds) },
  });
}
