import { XqbusError } from "../errors.ts";

/** There is no connection to the broker, or it was lost before the outcome of an operation was known. */
export class NotConnectedError extends XqbusError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super("xqbus:not-connected", message, options);
  }
}

/** The broker did not accept the user name and password, or the client certificate. */
export class AuthenticationError extends XqbusError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super("xqbus:authentication-failed", message, options);
  }
}

/** The certificate of the broker was not accepted, or one of the TLS options cannot be used. */
export class CertificateError extends XqbusError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super("xqbus:invalid-certificate", message, options);
  }
}

/** An operation did not end within its limit (`timeoutMs`, `sendTimeoutMs`). */
export class TimeoutError extends XqbusError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super("xqbus:timeout", message, options);
  }
}

/** The caller's `AbortSignal` ended the operation; `cause` is the signal's reason. */
export class AbortedError extends XqbusError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super("xqbus:aborted", message, options);
  }
}

/**
 * The broker refused a message, a link or the connection.
 *
 * `code` and `condition` are the AMQP error condition (AMQP 1.0, part 2.8.14), for example `amqp:not-found`.
 * Where the broker names none, `code` is `xqbus:refused` and `condition` is undefined.
 */
export class RefusedError extends XqbusError {
  readonly condition: string | undefined;
  /** The broker's own words. */
  readonly description: string | undefined;

  constructor(
    message: string,
    refusal: {
      readonly condition?: string | undefined;
      readonly description?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(refusal.condition ?? "xqbus:refused", message, { cause: refusal.cause });
    this.condition = refusal.condition;
    this.description = refusal.description;
  }
}
