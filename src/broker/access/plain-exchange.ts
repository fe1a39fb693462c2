import type { Credentials } from "./credentials.ts";
import { EMPTY_CHALLENGE } from "./sasl-exchange.ts";
import type { SaslExchange, SaslStep } from "./sasl-exchange.ts";

/** PLAIN (RFC 4616): name and password as they are. */
export class PlainExchange implements SaslExchange {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** @param response `[authzid] NUL authcid NUL passwd` in UTF-8; authzid must be empty or authcid */
  respond(response: Buffer | undefined): SaslStep | Promise<SaslStep> {
    if (response === undefined) return EMPTY_CHALLENGE;
    const parts = response.toString("utf8").split("\0");
    const [authzid = "", user = "", password = ""] = parts;
    if (parts.length !== 3) return { kind: "refused" };
    const isOwn = authzid === "" || authzid === user;
    const answer = (isRight: boolean): SaslStep => ({ kind: isRight && isOwn ? "accepted" : "refused", user });
    const isRight = this.#credentials.accepts(user, password);
    return typeof isRight === "boolean" ? answer(isRight) : isRight.then(answer);
  }
}
