import { XqbusError } from "../../errors.ts";

/** Error conditions of AMQP 1.0 (part 2.8.15 to 2.8.18) that this broker gives as a reason. */
export type Condition =
  | "amqp:connection:forced"
  | "amqp:connection:framing-error"
  | "amqp:decode-error"
  | "amqp:frame-size-too-small"
  | "amqp:illegal-state"
  | "amqp:internal-error"
  | "amqp:invalid-field"
  | "amqp:link:message-size-exceeded"
  | "amqp:link:stolen"
  | "amqp:link:transfer-limit-exceeded"
  | "amqp:not-allowed"
  | "amqp:not-found"
  | "amqp:not-implemented"
  | "amqp:precondition-failed"
  | "amqp:resource-deleted"
  | "amqp:resource-limit-exceeded"
  | "amqp:resource-locked"
  | "amqp:session:errant-link"
  | "amqp:session:handle-in-use"
  | "amqp:session:unattached-handle"
  | "amqp:session:window-violation"
  | "amqp:unauthorized-access";

/** The `error` of a close, end, detach or rejected; a node or a peer may give conditions of its own. */
export interface AmqpError {
  readonly condition: Condition | (string & {});
  readonly description: string;
}

/** What a client sent against the protocol or beyond a limit. `code` is the AMQP condition; the connection ends. */
export class ProtocolFault extends XqbusError {
  readonly condition: Condition;

  constructor(condition: Condition, description: string) {
    super(condition, description);
    this.condition = condition;
  }

  /** The fault as a frame tells it. */
  get error(): AmqpError {
    return { condition: this.condition, description: this.message };
  }
}

/** A fault that concerns one session: it ends, and the others of its connection go on (AMQP 1.0, part 2.5.7). */
export class SessionFault extends ProtocolFault {}
