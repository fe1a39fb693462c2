import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { certificateUser, hasCertificate } from "./certificate-user.ts";
import type { LoginRules } from "./login-rules.ts";
import type { SaslExchange, SaslStep } from "./sasl-exchange.ts";
import { challengeFrame, mechanismsFrame, outcomeFrame, readInit, readResponse, SASL_HEADER } from "./sasl-frames.ts";
import { startExchange } from "./start-exchange.ts";

/** Largest SASL frame. The standard has 512 (AMQP 1.0, part 5.3.1), which long passwords that are tokens exceed. */
export const MAX_SASL_FRAME_BYTES = 4096;

/** No mechanism takes more than these; an empty one is asked for first where the client begins without. */
const MAX_RESPONSES = 3;

/** The next thing to do for a client that is logging in. */
export type LoginStep =
  | { readonly state: "continue"; readonly reply: Buffer }
  | { readonly state: "accepted"; readonly reply: Buffer; readonly user: string }
  /** Send the reply, then close. `user`: who the client said to be. */
  | { readonly state: "refused" | "throttled"; readonly reply: Buffer; readonly user: string | undefined }
  /** Send the reply, then close: nobody tried to log in. */
  | { readonly state: "wrong-protocol"; readonly reply: Buffer };

/** The server side of a SASL login (AMQP 1.0, part 5.3): one attempt for each connection, and no way around it. */
export class SaslLogin {
  readonly #rules: LoginRules;
  readonly #socket: Duplex;
  readonly #address: string;
  #started = false;
  #exchange: SaslExchange | undefined;
  #responses = 0;

  /** @param socket of a client; one without an address is in this process */
  constructor(rules: LoginRules, socket: Duplex) {
    this.#rules = rules;
    this.#socket = socket;
    this.#address = (socket instanceof Socket ? socket.remoteAddress : undefined) ?? "";
  }

  /**
   * Must not be called again before its promise has an answer.
   *
   * @param unit the protocol header, then one SASL frame
   * @throws ProtocolFault when it is neither
   */
  receive(unit: Buffer): LoginStep | Promise<LoginStep> {
    if (!this.#started) {
      this.#started = true;
      // A header that does not fit is answered with one that would (AMQP 1.0, part 2.2).
      if (!unit.equals(SASL_HEADER)) return { reply: SASL_HEADER, state: "wrong-protocol" };
      return { reply: Buffer.concat([SASL_HEADER, mechanismsFrame(this.#offered)]), state: "continue" };
    }
    const step = this.#step(unit);
    return step instanceof Promise ? step.then((later) => this.#answer(later)) : this.#answer(step);
  }

  get #offered(): LoginRules["mechanisms"] {
    const { mechanisms } = this.#rules;
    return hasCertificate(this.#socket) ? mechanisms : mechanisms.filter((name) => name !== "EXTERNAL");
  }

  #step(unit: Buffer): SaslStep | Promise<SaslStep> {
    if (this.#exchange !== undefined) {
      if (++this.#responses >= MAX_RESPONSES) return { kind: "refused" };
      return this.#exchange.respond(readResponse(unit));
    }
    const { mechanism, response } = readInit(unit);
    const chosen = this.#offered.find((name) => name === mechanism);
    // Nobody's password is looked at while an address tries too many.
    if (chosen === undefined || this.#rules.throttle.isBlocked(this.#address)) return { kind: "refused" };
    const certificate = certificateUser(this.#socket, this.#rules.externalUsers);
    this.#exchange = startExchange(chosen, this.#rules, certificate);
    return this.#exchange.respond(response);
  }

  #answer(step: SaslStep): LoginStep {
    if (step.kind === "challenge") return { reply: challengeFrame(step.data), state: "continue" };
    const { throttle } = this.#rules;
    const { user } = step;
    if (throttle.isBlocked(this.#address, user)) return { reply: outcomeFrame("throttled"), state: "throttled", user };
    if (step.kind === "accepted") {
      return { reply: outcomeFrame("accepted", step.data), state: "accepted", user: step.user };
    }
    throttle.failed(this.#address, user);
    return { reply: outcomeFrame("refused"), state: "refused", user };
  }
}
