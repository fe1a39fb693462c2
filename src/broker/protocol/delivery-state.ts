import type { AmqpMap } from "./codec/amqp-value.ts";
import { boolean, composite, NULL, string, symbol } from "./codec/amqp-value.ts";
import { decodeValue } from "./codec/decode-value.ts";
import { encodeValue } from "./codec/encode-value.ts";
import { FieldReader } from "./codec/field-reader.ts";
import { Scanner } from "./codec/scanner.ts";
import { ACCEPTED } from "./nodes.ts";
import type { Outcome } from "./nodes.ts";
import type { AmqpError } from "./protocol-fault.ts";

/** Descriptors of delivery states (AMQP 1.0, part 3.4). */
const ACCEPTED_CODE = 0x24;
const REJECTED = 0x25;
const RELEASED_CODE = 0x26;
const MODIFIED = 0x27;
const ERROR = 0x1d;

/** Bytes of a description, so that every frame with one fits into the smallest frame size there is (512). */
const MAX_DESCRIPTION_BYTES = 380;

const RELEASED: Outcome = Object.freeze({ kind: "released" });
const ENCODED_ACCEPTED: Buffer = Buffer.from([0x00, 0x53, ACCEPTED_CODE, 0x45]);
const ENCODED_RELEASED: Buffer = Buffer.from([0x00, 0x53, RELEASED_CODE, 0x45]);

/**
 * The outcome that a peer gave; undefined for `received`, which is none (AMQP 1.0, part 3.4.1).
 *
 * @throws ProtocolFault `amqp:decode-error`
 */
export function readOutcome(state: Buffer): Outcome | undefined {
  const scanner = new Scanner(state);
  const code = scanner.descriptor();
  if (code === ACCEPTED_CODE) return ACCEPTED;
  if (code === RELEASED_CODE) return RELEASED;
  const fields = new FieldReader(scanner);
  if (code === REJECTED) return readRejected(fields);
  return code === MODIFIED ? readModified(fields) : undefined;
}

/** An outcome as a delivery state. */
export function encodeOutcome(outcome: Outcome): Buffer {
  switch (outcome.kind) {
    case "accepted":
      return ENCODED_ACCEPTED;
    case "released":
      return ENCODED_RELEASED;
    case "rejected":
      return encodeValue(composite(REJECTED, outcome.error === undefined ? [] : [errorValue(outcome.error)]));
    case "modified":
      return encodeValue(
        composite(MODIFIED, [
          boolean(outcome.deliveryFailed),
          boolean(outcome.undeliverableHere),
          ...(outcome.annotations === undefined ? [] : [outcome.annotations]),
        ]),
      );
  }
}

/** An error (AMQP 1.0, part 2.8.14). */
export function errorValue({ condition, description }: AmqpError): ReturnType<typeof composite> {
  return composite(ERROR, [symbol(condition), string(shortened(description))]);
}

function readRejected(fields: FieldReader): Outcome {
  fields.enter("rejected", 1);
  const error = fields.described("error", [ERROR]);
  fields.leave();
  return error === undefined ? { kind: "rejected" } : { kind: "rejected", error: readError(error) };
}

function readError(encoded: Buffer): AmqpError {
  const scanner = new Scanner(encoded);
  scanner.descriptor();
  const fields = new FieldReader(scanner);
  fields.enter("error", 3);
  const condition = fields.mandatory(fields.symbol("condition"), "condition");
  const description = fields.string("description") ?? "";
  fields.ignore("info", "map");
  fields.leave();
  return { condition, description };
}

function readModified(fields: FieldReader): Outcome {
  fields.enter("modified", 3);
  const deliveryFailed = fields.boolean("delivery-failed") ?? false;
  const undeliverableHere = fields.boolean("undeliverable-here") ?? false;
  const encoded = fields.encoded("message-annotations", "map");
  fields.leave();
  // The view would keep the whole frame in memory.
  const annotations = encoded === undefined ? NULL : decodeValue(Buffer.from(encoded));
  return {
    ...{ kind: "modified", deliveryFailed, undeliverableHere },
    ...(annotations.type === "map" ? { annotations: annotations satisfies AmqpMap } : {}),
  };
}

function shortened(description: string): string {
  const bytes = Buffer.from(description, "utf8");
  if (bytes.length <= MAX_DESCRIPTION_BYTES) return description;
  // A character that is cut in two decodes to U+FFFD.
  return `${bytes
    .subarray(0, MAX_DESCRIPTION_BYTES - 3)
    .toString("utf8")
    .replace(/\uFFFD+$/u, "")}…`;
}
