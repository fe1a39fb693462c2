import { EventPublisher, parseBusUrls } from "../../amqp/index.ts";
import { readTextFile } from "../../daemon/index.ts";
import { XqbusError } from "../../errors.ts";
import { fail, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** How another broker is looked at. */
export interface BusToCheck {
  /** `broker`, `messaging`. */
  readonly name: string;
  readonly url: string;
  readonly tlsCa: string | undefined;
  readonly timeoutMs: number;
}

const ADVICE: Readonly<Record<string, string>> = {
  "xqbus:authentication-failed": "look at user and password in the URL",
  "xqbus:invalid-certificate": "give the authority of the broker's certificate in tls_ca",
  "xqbus:not-connected": "look at host and port, whether the broker runs, and at firewalls between",
  "xqbus:timeout": "look at host and port, whether the broker runs, and at firewalls between",
};

/** Whether a broker can be reached and lets the daemon in. */
export async function checkBus({ name, url, tlsCa, timeoutMs }: BusToCheck): Promise<Finding> {
  const shown = parseBusUrls(url)
    .map(({ safe }) => safe)
    .join(", ");
  try {
    const tls = tlsCa === undefined ? {} : { tls: { ca: await readTextFile(tlsCa) } };
    const publisher = await EventPublisher.open(url, { ...tls, timeoutMs, reconnect: false });
    await publisher.close();
    return ok(name, `${shown} lets the daemon in`);
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    return fail(name, error.message, ADVICE[error.code] ?? "look at the broker and its rights");
  }
}
