import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { run, type Outcome } from "./harness.ts";

/** One request as it came. */
export interface SeenRequest {
  /** `GET /listeners?limit=1` */
  readonly line: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** A value as JSON, or a problem with its status. */
export interface GivenAnswer {
  readonly status?: number;
  readonly body?: unknown;
}

/** What is answered, always or to one request. */
export type FakeAnswer = GivenAnswer | ((request: SeenRequest) => GivenAnswer);

/** An HTTP API that answers what a test says, by method and path, and remembers what it was asked. */
export class FakeApi {
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;
  readonly #answers: Readonly<Record<string, FakeAnswer>>;

  private constructor(answers: Readonly<Record<string, FakeAnswer>>) {
    this.#answers = answers;
    this.#server = createServer((request, response) => {
      void readAll(request).then((text) => {
        const { method = "", url = "", headers } = request;
        const seen = {
          ...{ line: `${method} ${url}`, authorization: headers.authorization },
          body: bodyOf(text, headers["content-type"]),
        };
        this.seen.push(seen);
        const { status = 200, body } = this.#answer(seen);
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? "" : JSON.stringify(body));
      });
    });
  }

  /** @param answers by `GET /listeners`, without the query */
  static async start(answers: Readonly<Record<string, FakeAnswer>>): Promise<FakeApi> {
    const api = new FakeApi(answers);
    await new Promise<void>((resolve) => api.#server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(seen: SeenRequest): GivenAnswer {
    const found = this.#answers[seen.line.replace(/\?.*$/, "")];
    if (found === undefined) return problem(404, "xqbus:unknown-name", `no answer for ${seen.line}`);
    return typeof found === "function" ? found(seen) : found;
  }
}

/** A refusal as the API gives it. */
export function problem(
  status: number,
  code: string,
  detail: string,
): { readonly status: number; readonly body: object } {
  return { status, body: { type: `urn:xqbus:error:${code}`, title: code, status, code, detail } };
}

function bodyOf(text: string, type: string = ""): unknown {
  if (text === "") return undefined;
  return type.includes("json") ? (JSON.parse(text) as unknown) : text;
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Runs a command line against an API that answers so. */
export async function askApi(
  args: readonly string[],
  answers: Readonly<Record<string, FakeAnswer>>,
  stdin?: string,
): Promise<Outcome & { readonly api: FakeApi }> {
  await using api = await FakeApi.start(answers);
  const env = { XQBUS_HTTP: api.url };
  return { ...(await run(args, stdin === undefined ? { env } : { env, stdin })), api };
}
