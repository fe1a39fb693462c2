import type { FastifyInstance } from "fastify";
import type { Access } from "../access/index.ts";
import type { DaemonParts } from "../parts.ts";
import type { CheckedHttpOptions } from "./http-options.ts";
import type { LiveTail } from "./live/live-tail.ts";
import type { HttpMetrics } from "./metrics/http-metrics.ts";
import type { Tokens } from "./tokens.ts";

/** What routes work with. */
export interface RouteContext {
  readonly app: FastifyInstance;
  readonly parts: DaemonParts;
  readonly access: Access;
  readonly tokens: Tokens;
  readonly options: CheckedHttpOptions;
  readonly liveTail: LiveTail;
  readonly metrics: HttpMetrics;
}
