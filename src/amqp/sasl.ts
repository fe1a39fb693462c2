import type { BusUrl } from "./url.ts";

type Answer = (error: Error | undefined, response?: Buffer) => void;

/** One attempt at a login, in the form that rhea calls. */
export interface SaslMechanism {
  start(answer: Answer): void;
  step(challenge: Buffer, answer: Answer): void;
}

/**
 * The one SASL mechanism (AMQP 1.0, part 5.3) that the URL calls for, by name: PLAIN with a user, EXTERNAL with a client
 * certificate alone, else ANONYMOUS. One only, because rhea takes the first that the broker offers.
 *
 * PLAIN is not rhea's own: that one takes a count of characters for a count of bytes and cuts off the end of "müller".
 */
export function saslMechanisms(url: BusUrl, hasCertificate: boolean): Readonly<Record<string, () => SaslMechanism>> {
  if (url.user !== undefined) {
    // RFC 4616, section 2: [authzid] NUL authcid NUL passwd
    const response = Buffer.from(`\0${url.user}\0${url.password ?? ""}`, "utf8");
    return { PLAIN: () => singleStep(response) };
  }
  if (hasCertificate) return { EXTERNAL: () => singleStep(Buffer.alloc(0)) };
  return { ANONYMOUS: () => singleStep(Buffer.from("xqbus", "utf8")) };
}

function singleStep(response: Buffer): SaslMechanism {
  return {
    start: (answer) => answer(undefined, response),
    step: (_challenge, answer) => answer(new Error("the broker asked for more than the mechanism has")),
  };
}
