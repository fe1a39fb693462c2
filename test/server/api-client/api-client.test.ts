import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ApiClient, ApiError } from "../../../src/server/api-client/index.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a client of the API", () => {
  it.each([["ftp://example.org"], ["localhost:8672"], ["http://xk_a:hunter2@"], [""]])(
    "refuses the address %s without repeating it, for it may have a secret",
    (url) => {
      expect(() => new ApiClient(url)).toThrow(
        "the address of the HTTP API is not understood; expected http://host:port or https://host:port",
      );
    },
  );

  it("takes key and secret out of the address, and shows it without them", async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}${body}`);
        const answer = request.url === "/base/token" ? { access_token: "t", expires_in: 60 } : { items: [] };
        response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
      });
    });
    const client = new ApiClient(`${url.replace("//", "//xk_a:s%2Fecret@")}/base`);
    expect(client.url).toBe(`${url}/base`);
    await client.listeners.list();
    await client.deliveries.list({ listener: "a b", limit: 2 });
    expect(asked).toEqual([
      'POST /base/token {"id":"xk_a","secret":"s/ecret"}',
      "GET /base/listeners Bearer t",
      "GET /base/deliveries?listener=a+b&limit=2 Bearer t",
    ]);
  });

  it.each([
    [
      "a redirect",
      { status: 302, location: "http://example.org/" },
      "xqbus:service-failed",
      /it redirects to http:\/\/example\.org\/; give the address of the API itself$/,
    ],
    ["a page", { body: "<html>" }, "xqbus:service-failed", /status 200 and something that is not JSON$/],
    [
      "another error",
      { status: 500, body: '{"error":"x"}' },
      "xqbus:service-failed",
      /status 500 and no problem\+json$/,
    ],
    [
      "too long an answer",
      { body: JSON.stringify("x".repeat(3000)) },
      "xqbus:limit-exceeded",
      /longer than 1000 bytes \(option maxAnswerBytes\)$/,
    ],
  ])(
    "tells of %s",
    async (
      _,
      { status = 200, location, body = "" }: { status?: number; location?: string; body?: string },
      code,
      message,
    ) => {
      const url = await serve((_request, response) => {
        response.writeHead(status, location === undefined ? {} : { location }).end(body);
      });
      await expect(new ApiClient(url, { maxAnswerBytes: 1000 }).listeners.list()).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message) as unknown,
      });
    },
  );

  it("makes the error of a problem", async () => {
    const problems = [{ code: "cvc-x", message: "m", path: "/Event", line: 1, column: 2 }];
    const url = await serve((_, response) => {
      response.writeHead(422, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ code: "xqbus:invalid-event", detail: "the event is not valid", problems }));
    });
    const error: unknown = await new ApiClient(url).events.publish("<x/>").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: "xqbus:invalid-event",
      message: "the event is not valid",
      status: 422,
      problems,
    });
  });

  it("ends in time, when it is told, and when nobody answers", async () => {
    const url = await serve(() => {});
    await expect(new ApiClient(url, { timeoutMs: 50 }).listeners.list()).rejects.toMatchObject({
      code: "xqbus:timeout",
      message: `the call of ${url} did not end within 50 ms (option timeoutMs)`,
    });
    const signal = AbortSignal.abort();
    await expect(new ApiClient(url).listeners.list({ signal })).rejects.toMatchObject({ code: "xqbus:aborted" });
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await expect(new ApiClient(url).listeners.list()).rejects.toMatchObject({
      code: "xqbus:not-connected",
      message: expect.stringMatching(
        /^nothing answers at http.*ECONNREFUSED.*; is the daemon running, with its HTTP API\?$/,
      ) as unknown,
    });
  });
});
