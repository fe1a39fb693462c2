import { FieldReader } from "../protocol/codec/field-reader.ts";
import { Scanner } from "../protocol/codec/scanner.ts";
import { frameBody } from "../protocol/frame-body.ts";
import { ProtocolFault } from "../protocol/protocol-fault.ts";
import type { Credentials } from "./credentials.ts";

/** Largest SASL frame. The standard has 512 (AMQP 1.0, part 5.3.1), which long passwords that are tokens exceed. */
export const MAX_SASL_FRAME_BYTES = 4096;

/** "AMQP", protocol id 3, version 1.0.0. */
const SASL_HEADER: Buffer = Buffer.from("AMQP\x03\x01\x00\x00", "latin1");
const FRAME_TYPE_SASL = 1;
const SASL_INIT = 0x41;
/** sasl-outcome codes (AMQP 1.0, part 5.3.3.6). */
const OK = 0;
const AUTHENTICATION_FAILED = 1;

/** sasl-mechanisms (0x40) with an array of one symbol. */
const MECHANISMS: Buffer = saslFrame(
  Buffer.concat([
    Buffer.from([0x00, 0x53, 0x40, 0xc0, 0x0b, 0x01, 0xe0, 0x08, 0x01, 0xa3, 0x05]),
    Buffer.from("PLAIN"),
  ]),
);

/** The next thing to do for a client that is logging in. */
export type LoginStep =
  | { readonly state: "continue"; readonly reply: Buffer }
  | { readonly state: "accepted"; readonly reply: Buffer; readonly user: string }
  /** Send the reply, then close. `wrong-protocol`: nobody tried to log in. */
  | { readonly state: "refused" | "wrong-protocol"; readonly reply: Buffer };

/**
 * The server side of a SASL login with PLAIN (AMQP 1.0, part 5.3; RFC 4616): one attempt for each connection, and no way
 * around it.
 */
export class SaslLogin {
  readonly #credentials: Credentials;
  #started = false;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /**
   * @param unit the protocol header, then one SASL frame
   * @throws ProtocolFault when it is neither
   */
  receive(unit: Buffer): LoginStep {
    if (!this.#started) {
      this.#started = true;
      // A header that does not fit is answered with one that would (AMQP 1.0, part 2.2).
      if (!unit.equals(SASL_HEADER)) return { reply: SASL_HEADER, state: "wrong-protocol" };
      return { reply: Buffer.concat([SASL_HEADER, MECHANISMS]), state: "continue" };
    }
    const user = this.#userOf(unit);
    return user === undefined
      ? { reply: outcome(AUTHENTICATION_FAILED), state: "refused" }
      : { reply: outcome(OK), state: "accepted", user };
  }

  /** Who has logged in with a sasl-init (AMQP 1.0, part 5.3.3.2); undefined for a failed login. */
  #userOf(frame: Buffer): string | undefined {
    const scanner = new Scanner(frame, frameBody(frame, FRAME_TYPE_SASL));
    const code = scanner.descriptor();
    if (code !== SASL_INIT) {
      throw new ProtocolFault("amqp:decode-error", `the descriptor 0x${code.toString(16)} is not expected here`);
    }
    const fields = new FieldReader(scanner);
    fields.enter("sasl-init", 3);
    const mechanism = fields.mandatory(fields.symbol("mechanism"), "mechanism");
    const response = fields.binary("initial-response");
    fields.ignore("hostname", "string");
    fields.leave();
    if (mechanism !== "PLAIN" || response === undefined) return undefined;
    return this.#credentials.acceptsPlain(response) ? plainUser(response) : undefined;
  }
}

/** The authcid of a response that was accepted. */
function plainUser(response: Buffer): string {
  const start = response.indexOf(0) + 1;
  return response.subarray(start, response.indexOf(0, start)).toString("utf8");
}

/** sasl-outcome (0x44) with its code. */
function outcome(code: number): Buffer {
  return saslFrame(Buffer.from([0x00, 0x53, 0x44, 0xc0, 0x03, 0x01, 0x50, code]));
}

function saslFrame(body: Buffer): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 2, FRAME_TYPE_SASL, 0, 0]);
  header.writeUInt32BE(header.length + body.length);
  return Buffer.concat([header, body]);
}
