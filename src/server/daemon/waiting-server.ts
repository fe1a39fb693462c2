import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { once } from "node:events";
import { openTlsFiles } from "../../daemon/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { HealthReport } from "../health.ts";

/** Requests of those who look after daemons: nothing needs longer. */
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 100;

/**
 * Answers in place of the API while the daemon waits for something before it can begin: `/livez` is 200, `/readyz` 503 with the check that fails,
 * everything else 503. It knows no API keys, so that it tells no details.
 *
 * @param waitsFor name of the check
 * @returns ends it; undefined: it was not to be, or its port is taken, which the API itself will tell of
 */
export async function answerWhileWaiting(
  { enabled, host, port, tlsCert: cert, tlsKey: key }: DaemonConfig["http"],
  waitsFor: string,
): Promise<(() => Promise<void>) | undefined> {
  // Nobody knows a port yet that is to be any free one.
  if (!enabled || port === 0) return undefined;
  const { tls } = (await openTlsFiles(cert === undefined || key === undefined ? undefined : { cert, key })).options;
  const answer = answerOf({ status: "failed", checks: [{ name: waitsFor, status: "failed", detail: "" }] });
  const server: Server =
    tls === undefined ? createServer(answer) : createSecureServer({ cert: tls.cert, key: tls.key }, answer);
  server.maxConnections = MAX_CONNECTIONS;
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS;
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch {
    return undefined;
  }
  return async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
}

function answerOf(report: HealthReport): RequestListener {
  return ({ url = "", method }, response) => {
    const isAlive = url.replace(/\?.*$/s, "") === "/livez";
    const body = JSON.stringify(isAlive ? { status: "ok" } : report);
    response.writeHead(isAlive ? 200 : 503, {
      ...{ "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(body) },
      ...{ "cache-control": "no-store", connection: "close", ...(isAlive ? {} : { "retry-after": "5" }) },
    });
    response.end(method === "HEAD" ? undefined : body);
  };
}
