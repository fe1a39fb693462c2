import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { CheckedHttpOptions } from "./http-options.ts";
import { problemOf, PROBLEM_TYPE, type Problem } from "./problem.ts";
import { Refusal } from "./refusal.ts";

/** Makes every error an answer of problem+json, those of unknown paths and methods, too. */
export function addErrorAnswers(app: FastifyInstance, { log }: CheckedHttpOptions): void {
  const routes = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = routes.get(url) ?? new Set();
    for (const each of [method].flat()) methods.add(each);
    routes.set(url, methods);
  });
  const methodsAt = (path: string): readonly string[] =>
    [...routes].filter(([route]) => isAt(path, route)).flatMap(([, methods]) => [...methods]);

  const answer: Answer = (error, request, reply) => answerProblem(error, request, reply, log);
  app.setErrorHandler(answer);
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(request.url.replace(/\?.*$/s, ""));
    if (methods.length === 0) {
      return answer(
        new Refusal(404, "xqbus:unknown-name", "there is nothing at this path; see GET /openapi.json"),
        request,
        reply,
      );
    }
    const allow = [...new Set(methods)].join(", ");
    const refusal = new Refusal(405, "xqbus:illegal-argument", `this path takes ${allow}`, { headers: { allow } });
    return answer(refusal, request, reply);
  });
}

type Answer = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Answers an error with its problem; what went wrong inside is logged. */
export function answerProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: CheckedHttpOptions["log"],
): FastifyReply {
  const problem = loggedProblem(error, request, log);
  if (error instanceof Refusal) void reply.headers(error.headers);
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}

/** The problem of a request that has failed; what went wrong inside is logged. */
export function loggedProblem(error: unknown, request: FastifyRequest, log: CheckedHttpOptions["log"]): Problem {
  const params = (request.params ?? {}) as Readonly<Record<string, string>>;
  const problem = problemOf(error, { id: request.id, params });
  request.problemCode = problem.code;
  if (problem.status >= 500) {
    log({ level: "error", message: "a request has failed", requestId: request.id, status: problem.status, error });
  }
  return problem;
}

function isAt(path: string, route: string): boolean {
  const steps = path.split("/");
  const expected = route.split("/");
  return (
    steps.length === expected.length && expected.every((step, index) => step.startsWith(":") || step === steps[index])
  );
}

/** Answers what is no HTTP, has too many headers, or takes too long, and ends the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = CLIENT_ERRORS[error.code ?? ""] ?? 400;
  const detail = CLIENT_ERROR_DETAILS[status] ?? "";
  const refusal = new Refusal(status, status === 400 ? "xqbus:illegal-argument" : "xqbus:limit-exceeded", detail);
  const body = JSON.stringify(problemOf(refusal, { id: "", params: {} }));
  const { title } = JSON.parse(body) as { readonly title: string };
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const CLIENT_ERRORS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const CLIENT_ERROR_DETAILS: Readonly<Record<number, string>> = {
  400: "this is no request of HTTP/1.1",
  408: "the request took too long to arrive",
  413: "the chunk extensions of the body are too long",
  431: "the headers are longer than the daemon allows",
};
