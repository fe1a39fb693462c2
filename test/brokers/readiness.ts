import type { Socket } from "node:net";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import rhea from "rhea";
import type { Credentials } from "./running-broker.ts";

/** How long a connection must live after `open`, in ms: a broker with a broken store answers `open` and closes right after. */
const SURVIVAL_MS = 250;
const ATTEMPT_LIMIT_MS = 5000;
const HOST = "127.0.0.1";

/** A port of 127.0.0.1 that is to become ready. */
export interface Endpoint {
  readonly port: number;
  /** Over TLS, whatever the certificate: the question here is readiness, not trust. */
  readonly secure: boolean;
}

/**
 * Logs in once with SASL PLAIN, opens a connection and waits whether it survives.
 *
 * Nothing when the broker works; otherwise what happened instead.
 */
export async function loginProblem({ port, secure }: Endpoint, user: Credentials): Promise<string | undefined> {
  const socket: Socket = secure
    ? connectTls({ host: HOST, port, rejectUnauthorized: false })
    : connectTcp({ host: HOST, port });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string | undefined>((resolve) => {
      timer = setTimeout(() => resolve(`no answer within ${ATTEMPT_LIMIT_MS} ms`), ATTEMPT_LIMIT_MS);
      const connection = rhea.create_container().connect({
        username: user.name,
        password: user.password,
        hostname: HOST,
        sasl_init_hostname: HOST,
        reconnect: false,
        host: HOST,
        port,
        connection_details: () => ({
          host: HOST,
          port,
          connect: (_port: number, _host: string, _options: unknown, connected: () => void) =>
            socket.once(secure ? "secureConnect" : "connect", connected),
        }),
      });
      connection.once("connection_open", () => {
        clearTimeout(timer);
        timer = setTimeout(() => resolve(undefined), SURVIVAL_MS);
      });
      connection.on("connection_error", ({ error }) => resolve(`login refused: ${String(error)}`));
      connection.on("connection_close", () => resolve("closed right after open"));
      connection.on("protocol_error", (error: unknown) => resolve(String(error)));
      connection.on("error", (error: unknown) => resolve(String(error)));
      connection.on("disconnected", ({ error }) => resolve(`no connection: ${String(error)}`));
    });
  } finally {
    clearTimeout(timer);
    // With an error, because rhea stops its heartbeat only when the socket reports one.
    socket.destroy(new Error("the attempt is over"));
  }
}
