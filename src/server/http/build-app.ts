import { randomUUID } from "node:crypto";
import rateLimit from "@fastify/rate-limit";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import type { Access } from "../access/index.ts";
import type { DaemonParts } from "../parts.ts";
import { addAudit } from "./audit-hook.ts";
import { checkOf } from "./check-request.ts";
import { addErrorAnswers, answerClientError, answerProblem } from "./error-answers.ts";
import { addGuard } from "./guard.ts";
import type { CheckedHttpOptions } from "./http-options.ts";
import { LiveTail } from "./live/live-tail.ts";
import { addActionMetrics } from "./metrics/action-metrics.ts";
import { addArchiveMetrics } from "./metrics/archive-metrics.ts";
import { addBrokerMetrics } from "./metrics/broker-metrics.ts";
import { HttpMetrics } from "./metrics/http-metrics.ts";
import { addListenerMetrics } from "./metrics/listener-metrics.ts";
import { addOpenApi } from "./open-api.ts";
import { addRelayMetrics } from "./metrics/relay-metrics.ts";
import { addTaskletMetrics } from "./metrics/tasklet-metrics.ts";
import { addRouterMetrics } from "./metrics/router-metrics.ts";
import type { RouteContext } from "./route-context.ts";
import { refuseNullCharacters } from "./null-characters.ts";
import "./route-types.ts";
import { addArchiveReplayRoute } from "./routes/archive-replay.ts";
import { addArchiveRoutes } from "./routes/archive.ts";
import { addAccessRoutes } from "./routes/access.ts";
import { addActionRoutes } from "./routes/actions.ts";
import { addRunRoutes } from "./routes/runs.ts";
import { addWorkflowRoutes } from "./routes/workflows.ts";
import { addConsumerReportRoute } from "./routes/consumer-reports.ts";
import { addBrokerRoutes } from "./routes/broker.ts";
import { addDeadLetterRoutes } from "./routes/dead-letters.ts";
import { addDeliveryRoutes } from "./routes/deliveries.ts";
import { addEventStreamRoute } from "./routes/event-stream.ts";
import { addEventTypeRoutes } from "./routes/event-types.ts";
import { addEventRoutes } from "./routes/events.ts";
import { addFilterRoutes } from "./routes/filters.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addListenerRoutes } from "./routes/listeners.ts";
import { addMemberRoutes } from "./routes/members.ts";
import { addProducerRoutes } from "./routes/producers.ts";
import { addRouteRoutes } from "./routes/routes.ts";
import { addTokenRoute } from "./routes/token.ts";
import { Tokens } from "./tokens.ts";

/** The API, which does not listen yet. */
export interface HttpApp {
  readonly app: FastifyInstance;
  readonly liveTail: LiveTail;
}

/** Names of things may be long, with a namespace in them. */
const MAX_PARAMETER_LENGTH = 2000;
const KEEP_ALIVE_MS = 10_000;

/** Puts the API together. Loaded when it is asked for: it needs the optional packages. */
export async function buildApp(parts: DaemonParts, access: Access, options: CheckedHttpOptions): Promise<HttpApp> {
  const { tls, log } = options;
  const server = {
    bodyLimit: options.maxBodyBytes,
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      void answerProblem(error, request, reply, log),
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // What runs ends; what waits for requests only is closed.
    forceCloseConnections: "idle",
  } as const;
  const http = {
    maxHeaderSize: options.maxHeaderBytes,
    headersTimeout: Math.min(options.headersTimeoutMs, options.requestTimeoutMs),
  };
  const app =
    tls === undefined
      ? Fastify({ ...server, http })
      : (Fastify({ ...server, https: { ...http, ...tls } }) as unknown as FastifyInstance);
  app.server.maxConnections = options.maxConnections;
  app.setValidatorCompiler<TSchema>(({ schema, httpPart = "" }) => checkOf(schema, httpPart));
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeContentTypeParser("text/plain");

  const tokens = new Tokens(access.signingKey, options.tokenMs, options.now);
  const metrics = new HttpMetrics();
  const liveTail = new LiveTail({
    url: parts.url,
    connect: parts.connect,
    catalog: parts.catalog,
    onError: (error) => log({ level: "warn", message: "the live tail has met an error", error }),
  });
  await app.register(rateLimit, { global: false });
  addErrorAnswers(app, options);
  metrics.watch(app);
  watchAnswers(app, options);
  addGuard(app, { access, tokens, options });
  refuseNullCharacters(app);
  addAudit(app, access, options);
  await addOpenApi(app);
  const context: RouteContext = { app, parts, access, tokens, options, liveTail, metrics };
  await addTokenRoute(context);
  await addEventRoutes(context);
  addEventStreamRoute(context);
  for (const add of SIMPLE_ROUTES) add(context);
  addListenerMetrics(metrics, parts);
  if (parts.actions !== undefined) addActionMetrics(metrics, parts.actions);
  if (parts.archive !== undefined) addArchiveMetrics(metrics, parts.archive);
  if (parts.taskletRecords !== undefined) addTaskletMetrics(metrics, parts.taskletRecords);
  if (parts.relays !== undefined) addRelayMetrics(metrics, parts.relays);
  if (parts.router !== undefined) addRouterMetrics(metrics, parts.router);
  if (parts.broker !== undefined) addBrokerMetrics(metrics, parts.broker);
  await app.ready();
  return { app, liveTail };
}

const SIMPLE_ROUTES: readonly ((context: RouteContext) => void)[] = [
  addHealthRoutes,
  addEventTypeRoutes,
  addFilterRoutes,
  addListenerRoutes,
  addDeliveryRoutes,
  addActionRoutes,
  addRunRoutes,
  addWorkflowRoutes,
  addDeadLetterRoutes,
  addConsumerReportRoute,
  addArchiveRoutes,
  addArchiveReplayRoute,
  addProducerRoutes,
  addRouteRoutes,
  addMemberRoutes,
  addBrokerRoutes,
  addAccessRoutes,
];

function watchAnswers(app: FastifyInstance, { log }: CheckedHttpOptions): void {
  app.addHook("onResponse", async ({ id, method, routeOptions, caller }, reply) => {
    log({
      level: "debug",
      message: "answered",
      requestId: id,
      method,
      ...(routeOptions.url === undefined ? {} : { route: routeOptions.url }),
      status: reply.statusCode,
      elapsedMs: reply.elapsedTime,
      who: caller?.id ?? "",
    });
  });
}
