import type { FastifyInstance, FastifyRequest } from "fastify";
import { rate } from "../../subscription/index.ts";
import { Grants, type Access } from "../access/index.ts";
import { ANONYMOUS, LOCAL, type Caller } from "./caller.ts";
import type { CheckedHttpOptions } from "./http-options.ts";
import { hostNameOf, isLoopback } from "./loopback.ts";
import { forbidden, Refusal, tooMany, unauthenticated } from "./refusal.ts";
import type { Tokens } from "./tokens.ts";

/** What the guard looks at. */
export interface GuardParts {
  readonly access: Access;
  readonly tokens: Tokens;
  readonly options: CheckedHttpOptions;
}

/** Counts a request; throws the refusal of one too many. */
export type Limit = (request: FastifyRequest) => Promise<void>;

/** Looks at every request before its body is read: who it is, how often, and whether the route's scope is there. */
export function addGuard(app: FastifyInstance, { access, tokens, options }: GuardParts): void {
  const limit = limitOf(app, options.rateLimit, ({ caller, ip }) => (caller.id === "" ? `address ${ip}` : caller.id));
  const grants = new WeakMap<readonly string[], Grants>();

  const callerOf = async (request: FastifyRequest): Promise<Caller> => {
    const { headers, routeOptions } = request;
    if (options.auth === "none") return LOCAL;
    const isOpen = routeOptions.config.access === "open";
    const authorization = headers.authorization ?? queryToken(request);
    // At /token the header has key and secret.
    if (authorization === undefined || (isOpen && !/^bearer /i.test(authorization))) return ANONYMOUS;
    const [, token] = /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization) ?? [];
    if (token === undefined)
      throw unauthenticated("the header Authorization is not understood; expected Bearer and a token");
    const key = access.key(await tokens.keyIdOf(token));
    if (key === undefined) throw unauthenticated("the API key of this token was deleted");
    const known = grants.get(key.scopes) ?? new Grants(key.scopes);
    grants.set(key.scopes, known);
    return { id: key.id, grants: known };
  };

  app.decorateRequest("caller");
  app.decorateRequest("auditFacts");
  app.decorateRequest("problemCode");
  app.addHook("onRequest", async (request, reply) => {
    request.caller = ANONYMOUS;
    request.auditFacts = {};
    void reply.headers({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
    if (options.auth === "none") refuseBrowsers(request);
    const { access: needed, isByType = false, isUnlimited = false } = request.routeOptions.config;
    try {
      request.caller = await callerOf(request);
    } catch (error) {
      await limit(request);
      throw error;
    }
    if (!isUnlimited) await limit(request);
    if (needed === undefined || needed === "open") return;
    if (request.caller === ANONYMOUS) throw unauthenticated("a token is needed; get one with POST /token");
    const { grants } = request.caller;
    if (!(isByType ? grants.allows(needed) : grants.allowsAll(needed))) throw forbidden(needed);
  });
}

/**
 * Makes a limit of requests in a time.
 *
 * @param text `600/min`
 * @param keyOf requests with the same key count together
 */
export function limitOf(app: FastifyInstance, text: string, keyOf: (request: FastifyRequest) => string): Limit {
  const { count, perMs } = rate(text);
  const check = app.createRateLimit({
    max: count,
    timeWindow: perMs,
    keyGenerator: (request) => `${text} ${keyOf(request)}`,
  });
  return async (request) => {
    const answer = await check(request);
    if (answer.isAllowed || !answer.isExceeded) return;
    throw tooMany(`${text} requests`, answer.ttlInSeconds);
  };
}

/** Some routes are called by programs that can give a token in the query only. */
function queryToken({ routeOptions, query }: FastifyRequest): string | undefined {
  if (routeOptions.config.hasQueryToken !== true) return undefined;
  const { token } = query as { readonly token?: unknown };
  return typeof token === "string" && token !== "" ? `Bearer ${token}` : undefined;
}

/** Pages of other sites that run in a browser on this machine: by their own origin, or by a name that leads here (DNS rebinding). */
function refuseBrowsers({ headers, host }: FastifyRequest): void {
  if (!isLoopback(hostNameOf(host))) {
    throw new Refusal(
      403,
      "xqbus:not-permitted",
      "without authentication the API is called by the names localhost, 127.0.0.1 and [::1] only",
    );
  }
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  const isForeign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign || site === "cross-site" || site === "same-site") {
    throw new Refusal(403, "xqbus:not-permitted", "without authentication pages of other sites may not call the API");
  }
}
