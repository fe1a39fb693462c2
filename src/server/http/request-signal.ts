import type { FastifyReply } from "fastify";

/** Aborted when the client has gone before its answer; also once that is sent, when nobody waits any more. */
export function abortedWith({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once("close", () => controller.abort());
  return controller.signal;
}
