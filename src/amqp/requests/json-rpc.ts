/**
 * JSON-RPC 2.0 (https://www.jsonrpc.org/specification): one request or answer in each message. Batches are not understood: a message is
 * the unit that brokers divide among workers.
 */
import { messageOf, XqbusError } from "../../errors.ts";

/** Error codes that the specification defines (section 5.1). */
export const RPC = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
  /** The first of those that are left to servers: what was asked for could not be done. */
  serverError: -32_000,
} as const;

/** By position, or by name as one object. */
export type RpcParams = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Of a request; undefined for one that wants no answer. */
export type RpcId = string | number | null | undefined;

export interface RpcRequest {
  readonly id: RpcId;
  readonly method: string;
  readonly params: RpcParams;
}

/** The error of an answer (section 5.1). */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A message that is no request, with what can be told of it. */
export interface InvalidRequest {
  readonly id: RpcId;
  readonly error: RpcError;
}

/** Lists and objects inside one another: who walks through a value does so by recursion. */
const MAX_DEPTH = 500;
const MAX_METHOD_LENGTH = 200;
const MAX_ID_LENGTH = 255;

/** @throws XqbusError `xqbus:illegal-argument` for parameters that JSON cannot write */
export function encodeRequest(id: string, method: string, params: RpcParams): Uint8Array {
  try {
    return Buffer.from(JSON.stringify({ jsonrpc: "2.0", method, params, id }), "utf8");
  } catch (cause) {
    const problem = `the parameters of ${method} cannot be written as JSON: ${messageOf(cause)}`;
    throw new XqbusError("xqbus:illegal-argument", problem, { cause });
  }
}

/**
 * An answer with a result; `undefined` is written as null.
 *
 * @throws TypeError, RangeError for a result that JSON cannot write
 */
export function encodeResult(id: RpcId, result: unknown): Uint8Array {
  // JSON.stringify gives undefined for a function or a symbol, whatever its typings say.
  const text: string | undefined = JSON.stringify(result ?? null);
  if (text === undefined) throw new TypeError(`a ${typeof result} is no JSON value`);
  return Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id ?? null)},"result":${text}}`, "utf8");
}

/** An answer with an error. Data that JSON cannot write is left out. */
export function encodeError(id: RpcId, { code, message, data }: RpcError): Uint8Array {
  const answer = (error: RpcError): Uint8Array =>
    Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: id ?? null, error }), "utf8");
  try {
    return answer(data === undefined ? { code, message } : { code, message, data });
  } catch {
    return answer({ code, message });
  }
}

/** Reads what somebody has sent as a request. */
export function readRequest(body: Uint8Array | string): RpcRequest | InvalidRequest {
  const parsed = parse(body);
  if (parsed === undefined)
    return invalid(null, RPC.parseError, `the request is no JSON, or has more than ${MAX_DEPTH} levels`);
  const { value } = parsed;
  if (Array.isArray(value))
    return invalid(null, RPC.invalidRequest, "batches are not understood; send each request by itself");
  if (!isObject(value)) return invalid(null, RPC.invalidRequest, "a request is a JSON object");
  const { jsonrpc, id, method, params = [] } = value;
  if (!isId(id)) return invalid(null, RPC.invalidRequest, "the id of a request is a string, a number or null");
  if (jsonrpc !== "2.0")
    return invalid(id, RPC.invalidRequest, 'a request has the member "jsonrpc" with the value "2.0"');
  if (typeof method !== "string" || method === "" || method.length > MAX_METHOD_LENGTH) {
    return invalid(id, RPC.invalidRequest, `a request names its method in 1 to ${MAX_METHOD_LENGTH} characters`);
  }
  if (!Array.isArray(params) && !isObject(params)) {
    return invalid(id, RPC.invalidRequest, "the parameters of a request are an array or an object");
  }
  return { id, method, params: params as RpcParams };
}

/**
 * Reads the answer to a request.
 *
 * @throws XqbusError `xqbus:service-failed` for what is no answer to it
 */
export function readResponse(
  body: Uint8Array | string,
  id: string,
): { readonly result: unknown } | { readonly error: RpcError } {
  const value = parse(body)?.value;
  if (!isObject(value) || value["jsonrpc"] !== "2.0")
    throw noAnswer(`it is no JSON-RPC 2.0, or has more than ${MAX_DEPTH} levels`);
  const { error } = value;
  // A service that could not read the request cannot tell its id.
  if (value["id"] !== id && !(value["id"] === null && error !== undefined)) throw noAnswer("it has another id");
  if (error === undefined) {
    if (!Object.hasOwn(value, "result")) throw noAnswer("it has neither a result nor an error");
    return { result: value["result"] };
  }
  if (!isObject(error) || !Number.isSafeInteger(error["code"]) || typeof error["message"] !== "string") {
    throw noAnswer("its error has no code or no message");
  }
  return { error: { code: Number(error["code"]), message: error["message"], data: error["data"] } };
}

function noAnswer(problem: string): XqbusError {
  return new XqbusError("xqbus:service-failed", `the service's answer cannot be read: ${problem}`);
}

function invalid(id: RpcId, code: number, message: string): InvalidRequest {
  return { id: id ?? null, error: { code, message } };
}

function parse(body: Uint8Array | string): { readonly value: unknown } | undefined {
  try {
    const text = typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body);
    return isDeep(text) ? undefined : { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Whether lists and objects stand inside one another too often; before parsing, so that nothing deep is ever made. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (inText) {
      if (sign === "\\") at++;
      else inText = sign !== '"';
    } else if (sign === '"') {
      inText = true;
    } else if (sign === "[" || sign === "{") {
      if (++depth > MAX_DEPTH) return true;
    } else if (sign === "]" || sign === "}") {
      depth--;
    }
  }
  return false;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(id: unknown): id is RpcId {
  if (typeof id === "string") return id.length <= MAX_ID_LENGTH;
  return id === undefined || id === null || typeof id === "number";
}
