import type { Scope } from "../access/index.ts";
import type { Caller } from "./caller.ts";

/** What the audit log gets besides who, when and the outcome. */
export interface AuditFacts {
  /** Default: the `id` in the path. */
  readonly target?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Nothing is changed, such as with `dryRun`: no line is written. */
  readonly isNoChange?: boolean;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The scope that a caller needs; `open`: none. Every route has one. */
    access?: Scope | "open";
    /** Whether the route looks at event types, so that a scope that is limited to some is enough. */
    isByType?: boolean;
    /** Whether the token may stand in the query, as `token`. */
    hasQueryToken?: boolean;
    /** Whether the rates are not limited. */
    isUnlimited?: boolean;
    /** What a change is called in the audit log. */
    audit?: string;
  }
  interface FastifyRequest {
    caller: Caller;
    /** For the audit log, noted by the route. */
    auditFacts: AuditFacts;
    /** The code of the problem that is answered. */
    problemCode: string | undefined;
  }
}
