import { frameBody } from "../protocol/frame-body.ts";
import { readComposite, SASL_FRAMES } from "../protocol/composites.ts";
import { Scanner } from "../protocol/scanner.ts";
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
export interface LoginStep {
  /** Bytes to send. */
  readonly reply: Buffer;
  /** `refused`: send the reply, then close. `wrong-protocol`: likewise, but nobody tried to log in. */
  readonly state: "continue" | "accepted" | "refused" | "wrong-protocol";
}

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
    const accepted = this.#accepts(unit);
    return { reply: outcome(accepted ? OK : AUTHENTICATION_FAILED), state: accepted ? "accepted" : "refused" };
  }

  #accepts(frame: Buffer): boolean {
    const scanner = new Scanner(frame, frameBody(frame, FRAME_TYPE_SASL));
    const init = readComposite(scanner, SASL_FRAMES);
    if (init.code !== SASL_INIT) return false;
    const mechanism = init.binary("mechanism");
    const response = init.binary("initial-response");
    return (
      mechanism?.toString("latin1") === "PLAIN" && response !== undefined && this.#credentials.acceptsPlain(response)
    );
  }
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
