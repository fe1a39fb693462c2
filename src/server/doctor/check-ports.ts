import { once } from "node:events";
import { createServer } from "node:net";
import { portHolder } from "./port-holder.ts";
import { fail, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** A port that a daemon listens on. */
export interface WantedPort {
  /** `broker`, `http`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Whether a port can be listened on, and who has it otherwise.
 *
 * @param daemon process that holds the folder of this daemon, which may well have its ports
 */
export async function checkPort({ name, host, port }: WantedPort, daemon: number | undefined): Promise<Finding> {
  const what = `${name} port`;
  const place = `port ${port} of ${host}`;
  if (port === 0) return ok(what, "a free port is taken");
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return ok(what, `${place} is free`);
  } catch (error) {
    return describe(what, place, error, await portHolder(port), daemon);
  }
}

function describe(
  what: string,
  place: string,
  error: unknown,
  holder: Awaited<ReturnType<typeof portHolder>>,
  daemon: number | undefined,
): Finding {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EACCES") return fail(what, `${place} needs more rights`, "choose a port above 1023");
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return fail(what, `${place}: this machine has no such address`, "take one of its own, 127.0.0.1 or 0.0.0.0");
  }
  if (code !== "EADDRINUSE") return fail(what, `${place}: ${message}`, "choose another host or port");
  if (holder !== undefined && holder.pid === daemon)
    return ok(what, `${place} is used by this daemon, process ${holder.pid}`);
  const who = holder === undefined ? "another process" : `process ${holder.pid} (${holder.program})`;
  return fail(what, `${place} is in use by ${who}`, "end that process, or choose another port");
}
