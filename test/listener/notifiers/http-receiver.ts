import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** One request as it has come. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the receiver does with a request. */
export type Script = (call: Call, response: ServerResponse) => void;

/** A server on loopback that does with requests what a test says. */
export class HttpReceiver {
  readonly calls: Call[] = [];
  /** Connections so far, and those that are open. */
  connections = 0;
  readonly sockets: Set<Socket> = new Set();
  readonly port: number;
  script: Script;
  readonly #server: Server;
  readonly #isSecure: boolean;

  static async start(
    script: Script = answer(200, "thank you"),
    tls?: { readonly cert: string; readonly key: string },
  ): Promise<HttpReceiver> {
    const server = tls === undefined ? createHttp() : createHttps(tls);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HttpReceiver(server, script, tls !== undefined);
  }

  private constructor(server: Server, script: Script, isSecure: boolean) {
    this.#server = server;
    this.#isSecure = isSecure;
    this.port = (server.address() as AddressInfo).port;
    this.script = script;
    server.on("connection", (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => void this.#receive(request, response));
  }

  get url(): string {
    return `${this.#isSecure ? "https" : "http"}://127.0.0.1:${this.port}/hooks/7?key=abc`;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => undefined);
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    } catch {
      return;
    }
    const { method = "", url = "", headers } = request;
    const call = { method, url, headers, body: Buffer.concat(pieces).toString() };
    this.calls.push(call);
    this.script(call, response);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, "close");
  }
}

/** Answers every request in the same way. */
export function answer(status: number, body: string = "", headers: Record<string, string> = {}): Script {
  return (_call, response) => response.writeHead(status, headers).end(body);
}
