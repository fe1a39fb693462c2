import { STATUS_CODES } from "node:http";
import type { FastifyError } from "fastify";
import { ERROR_CODES, XqbusError } from "../../errors.ts";
import type { XqbusErrorCode } from "../../errors.ts";
import { EventContentError } from "../../event/index.ts";
import { FilterError } from "../../filter/index.ts";
import { InvalidEventError, UnknownNameError } from "../../schema/index.ts";
import type { ApiProblem } from "../api-client/index.ts";
import { statusOf } from "./problem-status.ts";
import { Refusal } from "./refusal.ts";

/** An error as the API answers it (RFC 9457). */
export interface Problem {
  /** `urn:xqbus:error:` and the code. */
  readonly type: string;
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly problems?: readonly ApiProblem[];
  /** Of an error inside of the daemon: what its log names it by. */
  readonly requestId?: string;
}

/** What is known of the request that failed. */
export interface FailedRequest {
  readonly id: string;
  /** Steps of its path that are names of something. */
  readonly params: Readonly<Record<string, string>>;
}

/** The media type of problems. */
export const PROBLEM_TYPE = "application/problem+json";

/** What an error looks like outside. What is wrong inside of the daemon is not told, but logged. */
export function problemOf(error: unknown, request: FailedRequest): Problem {
  if (error instanceof Refusal) return made(error.status, error.code, error.message, error.problems);
  if (error instanceof XqbusError) return ofDomain(error, request);
  const { statusCode = 500, code = "" } = error as Partial<FastifyError>;
  const own = statusCode < 500 ? FRAMEWORK_PROBLEMS[code] : undefined;
  if (own !== undefined) return made(statusCode, ...own);
  if (statusCode >= 400 && statusCode < 500)
    return made(statusCode, "xqbus:illegal-argument", (error as Error).message);
  return internal(request);
}

/** What the server itself refuses, in our words. */
const FRAMEWORK_PROBLEMS: Readonly<Record<string, readonly [code: XqbusErrorCode, detail: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    "xqbus:illegal-argument",
    "the content type of the body is not one of those that this path takes; see GET /openapi.json",
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ["xqbus:limit-exceeded", "the body is larger than the daemon allows (max_body_bytes)"],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["xqbus:illegal-argument", "the body is empty; expected JSON"],
  FST_ERR_CTP_INVALID_JSON_BODY: ["xqbus:illegal-argument", "the body is not JSON, or has a property __proto__"],
  FST_ERR_BAD_URL: ["xqbus:illegal-argument", "the path of the URL is not percent-encoded UTF-8"],
};

function ofDomain(error: XqbusError, request: FailedRequest): Problem {
  const status = error.code === "xqbus:unknown-name" ? statusOfUnknownName(error, request) : statusOf(error.code);
  if (status === 500) return internal(request);
  // What is said of stores and connections names files and addresses of the machine.
  if (status > 500) {
    const detail = ERROR_CODES[error.code as XqbusErrorCode] ?? "the broker did not do what the daemon asked for";
    return { ...made(status, error.code, detail), requestId: request.id };
  }
  return made(status, error.code, error.message, problemsOf(error));
}

/** A name in the path is a thing that is not there; one in the body or the query is a mistake. */
function statusOfUnknownName(error: XqbusError, { params }: FailedRequest): number {
  const names = Object.values(params);
  if (error instanceof EventContentError || names.length === 0) return 422;
  return error instanceof UnknownNameError && !names.includes(error.unknownName) ? 422 : 404;
}

function problemsOf(error: XqbusError): readonly ApiProblem[] {
  if (error instanceof InvalidEventError) return error.problems;
  if (error instanceof EventContentError) return [{ path: error.path, code: error.code, message: error.message }];
  if (!(error instanceof FilterError)) return [];
  if (error.problems.length > 0) return error.problems;
  const { code, reason: message, line, column } = error;
  return [{ code, message, ...(line === undefined || column === undefined ? {} : { line, column }) }];
}

function internal({ id }: FailedRequest): Problem {
  const detail = `an error inside of the daemon; its log has more about request ${id}`;
  return { ...made(500, "xqbus:internal", detail), requestId: id };
}

function made(status: number, code: string, detail: string, problems: readonly ApiProblem[] = []): Problem {
  return {
    type: `urn:xqbus:error:${code}`,
    code,
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    ...(problems.length === 0 ? {} : { problems }),
  };
}
