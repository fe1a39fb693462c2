import { messageOf, textOf, XqbusError } from "../errors.ts";
import { RPC, type RpcError } from "../amqp/index.ts";

/** UTF-16 code units of a message that crosses. */
const MAX_MESSAGE_LENGTH = 1_000;
/** A code of ours or of a standard: `xqbus:invalid-event`, `amqp:not-found`, `XPST0003`. */
const CODE = /^[A-Za-z][A-Za-z0-9:._-]{0,99}$/u;

/**
 * An error that crosses from a service to its caller. A method throws one to choose what the caller gets; the caller gets one for
 * whatever the method has thrown. `code` is the code that the error had on the other side where it had one, else `xqbus:service-failed`.
 */
export class ServiceError extends XqbusError {
  /** The code of JSON-RPC: -32768 to -32000 are reserved, others are the service's own. */
  readonly rpcCode: number;
  /** What the service says beside the message: any JSON value. */
  readonly data: unknown;

  constructor(
    message: string,
    { code = "xqbus:service-failed", rpcCode = RPC.serverError, data, cause }: ServiceErrorDetails = {},
  ) {
    super(code, message, { cause });
    this.rpcCode = rpcCode;
    this.data = data;
  }
}

/** What a {@link ServiceError} says beside its message. */
export interface ServiceErrorDetails {
  readonly code?: string;
  /** An integer; default -32000. */
  readonly rpcCode?: number;
  readonly data?: unknown;
  /** Does not cross. */
  readonly cause?: unknown;
}

/**
 * What crosses of an error: code, message and data, no stack and no cause.
 *
 * @param exposes whether the messages of errors that are none of this package's cross, too
 */
export function rpcErrorOf(error: unknown, method: string, exposes: boolean): RpcError {
  if (error instanceof XqbusError) {
    const rpcCode =
      error instanceof ServiceError && Number.isSafeInteger(error.rpcCode) ? error.rpcCode : RPC.serverError;
    const details = error instanceof ServiceError ? error.data : problemsOf(error);
    const data = { code: error.code, ...(details === undefined ? {} : { details }) };
    return { code: rpcCode, message: shortened(textOf(error.message)), data };
  }
  return {
    code: RPC.internalError,
    message: exposes ? shortened(messageOf(error)) : `the method ${method} failed`,
  };
}

/** The error of an answer as the caller gets it. */
export function serviceErrorOf(
  { code: rpcCode, message, data }: RpcError,
  service: string,
  method: string,
): ServiceError {
  const { code, details } = detailsOf(data);
  const text = `${service}.${method}: ${shortened(message)}`;
  return new ServiceError(text, { rpcCode, code: code ?? CODES.get(rpcCode) ?? "xqbus:service-failed", data: details });
}

const CODES: ReadonlyMap<number, string> = new Map([
  [RPC.methodNotFound, "xqbus:unknown-method"],
  [RPC.invalidParams, "xqbus:illegal-argument"],
]);

/** Where the data is of a service of this package, it has the error's own code. */
function detailsOf(data: unknown): { readonly code: string | undefined; readonly details: unknown } {
  if (typeof data !== "object" || data === null || !("code" in data)) return { code: undefined, details: data };
  const { code } = data;
  if (typeof code !== "string" || !CODE.test(code)) return { code: undefined, details: data };
  return { code, details: "details" in data ? data.details : undefined };
}

function problemsOf(error: XqbusError): unknown {
  return "problems" in error ? { problems: error.problems } : undefined;
}

function shortened(text: string): string {
  return text.length <= MAX_MESSAGE_LENGTH ? text : `${text.slice(0, MAX_MESSAGE_LENGTH - 1)}…`;
}
