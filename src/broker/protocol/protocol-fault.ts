import { XqbusError } from "../../errors.ts";

/** Error conditions of AMQP 1.0 (part 2.8.15 to 2.8.18) that this broker gives as a reason. */
export type Condition =
  | "amqp:connection:forced"
  | "amqp:connection:framing-error"
  | "amqp:decode-error"
  | "amqp:illegal-state"
  | "amqp:internal-error"
  | "amqp:invalid-field"
  | "amqp:link:message-size-exceeded"
  | "amqp:link:transfer-limit-exceeded"
  | "amqp:not-allowed"
  | "amqp:not-found"
  | "amqp:not-implemented"
  | "amqp:resource-limit-exceeded"
  | "amqp:session:handle-in-use"
  | "amqp:session:unattached-handle";

/** The `error` of a close, detach or rejected. */
export interface AmqpError {
  readonly condition: Condition;
  readonly description: string;
}

/** What a client sent against the protocol or beyond a limit. `code` is the AMQP condition; the connection ends. */
export class ProtocolFault extends XqbusError {
  readonly condition: Condition;

  constructor(condition: Condition, description: string) {
    super(condition, description);
    this.condition = condition;
  }
}
