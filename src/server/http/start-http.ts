import { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { messageOf, XqbusError } from "../../errors.ts";
import { missingPackage } from "../../optional-package.ts";
import { Access, type AuditNote } from "../access/index.ts";
import type { NewApiKey } from "../api-client/index.ts";
import type { DaemonParts } from "../parts.ts";
import type { buildApp, HttpApp } from "./build-app.ts";
import { checkHttpOptions, type CheckedHttpOptions, type HttpOptions } from "./http-options.ts";

/** The HTTP API of a daemon, as it runs. */
export interface HttpServer {
  /** `http://127.0.0.1:8672`. */
  readonly url: string;
  readonly port: number;
  /** The key that may do everything, when there was none before: to be shown once, its secret is kept nowhere. */
  readonly firstKey: NewApiKey | undefined;
  /**
   * Takes another certificate for connections from now on; those that are open keep theirs.
   *
   * @throws XqbusError `xqbus:invalid-certificate`; then the one from before stays in use
   */
  reloadTls(tls: NonNullable<HttpOptions["tls"]>): void;
  /** Writes a line into the audit log of what was changed in another way. @throws what the log does */
  readonly audit: (note: AuditNote) => Promise<void>;
  /** Ends live tails, takes no more requests, and waits for those that run, `closeTimeoutMs` at most. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the HTTP API of a daemon (`docs/http-api.md`).
 *
 * @throws XqbusError `xqbus:illegal-argument` an option, such as no authentication on a host that others reach; `xqbus:port-in-use`;
 * `xqbus:missing-package` an optional package is not installed; what opening `access.db` throws
 */
export async function startHttp(parts: DaemonParts, options: HttpOptions = {}): Promise<HttpServer> {
  const checked = checkHttpOptions(options);
  const { buildApp: build } = await loadApp();
  const access = await Access.open(parts.folder, { ...checked.audit, now: checked.now, shared: parts.shared });
  let built: HttpApp | undefined;
  try {
    built = await build(parts, access, checked);
    await listen(built, checked);
    const firstKey = checked.auth === "keys" ? await access.createFirstKey("first key", ["admin"]) : undefined;
    return serverOf(built, access, checked, firstKey);
  } catch (error) {
    await built?.app.close();
    await access.close();
    throw error;
  }
}

function serverOf(
  { app, liveTail }: HttpApp,
  access: Access,
  { host, tls, closeTimeoutMs }: CheckedHttpOptions,
  firstKey: NewApiKey | undefined,
): HttpServer {
  const { port } = app.server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  const close = async (): Promise<void> => {
    await liveTail.close();
    const late = setTimeout(() => app.server.closeAllConnections(), closeTimeoutMs);
    try {
      await app.close();
    } finally {
      clearTimeout(late);
      await access.close();
    }
  };
  let closing: Promise<void> | undefined;
  return {
    url: `${tls === undefined ? "http" : "https"}://${name}:${port}`,
    port,
    firstKey,
    audit: (note) => access.record(note),
    reloadTls: (changed) => {
      if (app.server instanceof Server) app.server.setSecureContext(usable(changed));
    },
    close: () => (closing ??= close()),
  };
}

/** Tried first, because a server keeps the half of a pair that does not fit. */
function usable({ cert, key }: NonNullable<HttpOptions["tls"]>): SecureContextOptions {
  try {
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (error) {
    throw new XqbusError(
      "xqbus:invalid-certificate",
      `the certificate or key of the HTTP API cannot be used (${messageOf(error)}); expected PEM texts that belong together`,
      { cause: error },
    );
  }
}

async function listen({ app }: HttpApp, { host, port }: CheckedHttpOptions): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new XqbusError("xqbus:port-in-use", `the HTTP API cannot listen on ${host}:${port}: the port is in use`, {
        cause: error,
      });
    }
    throw new XqbusError(
      "xqbus:illegal-argument",
      `the HTTP API cannot listen on ${host}:${port} (${code ?? "unknown"})`,
      {
        cause: error,
      },
    );
  }
}

/** The packages of the API are optional: who uses the library need not have them. */
async function loadApp(): Promise<{ readonly buildApp: typeof buildApp }> {
  try {
    return await import("./build-app.ts");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    const [, name = "a package"] = /Cannot find package '([^']+)'/.exec((error as Error).message) ?? [];
    throw missingPackage(name, "the HTTP API", error);
  }
}
