import { ScramSha256 } from "./scram.ts";
import type { BusUrl } from "./url.ts";

/** How a mechanism answers: with its next message, or with the reason why it gives up. */
export type SaslAnswer = (error: Error | undefined, response?: Buffer) => void;

/** One attempt at a login, in the form that rhea calls. */
export interface SaslMechanism {
  start(answer: SaslAnswer): void;
  step(challenge: Buffer, answer: SaslAnswer): void;
  /** Says why a login that the broker has accepted is none, with what the broker sent along. */
  finish?(additionalData: Uint8Array | undefined): string | undefined;
}

/** The mechanisms that a client knows, in the order in which it prefers them. */
export const SASL_MECHANISMS = ["EXTERNAL", "SCRAM-SHA-256", "PLAIN", "ANONYMOUS"] as const;

/** Name of a SASL mechanism (AMQP 1.0, part 5.3). */
export type SaslMechanismName = (typeof SASL_MECHANISMS)[number];

/**
 * The SASL mechanisms (AMQP 1.0, part 5.3) that the URL calls for: with a user SCRAM-SHA-256, and PLAIN where the broker does not
 * offer it; EXTERNAL with a client certificate alone, else ANONYMOUS.
 *
 * @param only the one to use, whatever the URL calls for
 */
export function saslMechanisms(
  url: BusUrl,
  hasCertificate: boolean,
  only?: SaslMechanismName,
): Readonly<Record<string, () => SaslMechanism>> {
  const { user = "", password = "" } = url;
  const known: Readonly<Record<SaslMechanismName, () => SaslMechanism>> = {
    EXTERNAL: () => singleStep(Buffer.alloc(0)),
    "SCRAM-SHA-256": () => new ScramSha256(user, password),
    // Not rhea's own, which takes a count of characters for a count of bytes and cuts off the end of "müller".
    // RFC 4616, section 2: [authzid] NUL authcid NUL passwd
    PLAIN: () => singleStep(Buffer.from(`\0${user}\0${password}`, "utf8")),
    ANONYMOUS: () => singleStep(Buffer.from("xqbus", "utf8")),
  };
  const wanted = only === undefined ? namesFor(url, hasCertificate) : [only];
  return Object.fromEntries(wanted.map((name) => [name, known[name]]));
}

function namesFor({ user }: BusUrl, hasCertificate: boolean): readonly SaslMechanismName[] {
  if (user !== undefined) return ["SCRAM-SHA-256", "PLAIN"];
  return hasCertificate ? ["EXTERNAL"] : ["ANONYMOUS"];
}

function singleStep(response: Buffer): SaslMechanism {
  return {
    start: (answer) => answer(undefined, response),
    step: (_challenge, answer) => answer(new Error("the broker asked for more than the mechanism has")),
  };
}
