import { brokerTraits, EventPublisher, parseBusUrls } from "../../amqp/index.ts";
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
  /** Whether several daemons are to divide its events among them. */
  readonly isShared: boolean;
}

const ADVICE: Readonly<Record<string, string>> = {
  "xqbus:authentication-failed": "look at user and password in the URL",
  "xqbus:invalid-certificate": "give the authority of the broker's certificate in tls_ca",
  "xqbus:not-connected": "look at host and port, whether the broker runs, and at firewalls between",
  "xqbus:timeout": "look at host and port, whether the broker runs, and at firewalls between",
};

/** Whether a broker can be reached, lets the daemon in, and can be behind several daemons where that is wanted. */
export async function checkBus({ name, url, tlsCa, timeoutMs, isShared }: BusToCheck): Promise<Finding> {
  const shown = parseBusUrls(url)
    .map(({ safe }) => safe)
    .join(", ");
  try {
    const tls = tlsCa === undefined ? {} : { tls: { ca: await readTextFile(tlsCa) } };
    const publisher = await EventPublisher.open(url, { ...tls, timeoutMs, reconnect: false });
    await publisher.close();
    const traits = isShared ? await brokerTraits(url, { ...tls, timeoutMs }) : undefined;
    if (traits?.sharesSubscriptions === false) {
      return fail(
        name,
        `${shown} is ${traits.dialect}, which has no durable subscriptions that several daemons share: listeners and routes get no events`,
        "use one that has them: docs/scaling.md, Sizing",
      );
    }
    return ok(name, `${shown} lets the daemon in`);
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    return fail(name, error.message, ADVICE[error.code] ?? "look at the broker and its rights");
  }
}
