import { Deadline, type WaitLimits } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";
import { ApiError, type ApiProblem } from "./api-error.ts";

/** An API key with its secret. */
export interface ApiCredentials {
  readonly id: string;
  readonly secret: string;
}

/** How the API is called. */
export interface ApiClientOptions {
  /** Default: user and password of the URL; without any the daemon must run without authentication. */
  readonly key?: ApiCredentials | undefined;
  /** Limit of one call in ms, fetching a token included. Default 30,000. */
  readonly timeoutMs?: number;
  /** Bytes of an answer at most. Default 64 MiB. */
  readonly maxAnswerBytes?: number;
}

/** What is asked. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Parameters of the URL; those that are undefined are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** A value to send as JSON; text and bytes are sent as they are, with `contentType`. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses beside 2xx whose answer is no error. */
  readonly accepted?: readonly number[];
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** A token is not used for the end of its life: it would be too old on arrival. */
const TOKEN_MARGIN_MS = 10_000;

/** Calls the API of one daemon: fetches tokens, never follows redirects, makes errors of problems. */
export class ApiConnection {
  readonly #base: URL;
  readonly #key: ApiCredentials | undefined;
  readonly #timeoutMs: number;
  readonly #maxAnswerBytes: number;
  #token: { readonly text: string; readonly usableUntil: number } | undefined;

  /** @throws XqbusError `xqbus:illegal-argument` for what is no URL of http or https */
  constructor(url: string, options: ApiClientOptions = {}) {
    const { base, username, password } = parseUrl(url);
    this.#base = base;
    const inUrl = username === "" ? undefined : { id: username, secret: password };
    this.#key = options.key ?? inUrl;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#maxAnswerBytes = options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
  }

  /** Where the API is, without credentials. */
  get url(): string {
    return this.#base.href.replace(/\/$/, "");
  }

  /**
   * Asks and gives the JSON of the answer; undefined for an answer without body.
   *
   * @param path steps below the base; each is encoded
   * @throws ApiError what the API refused; XqbusError `xqbus:not-connected`, `xqbus:timeout`, `xqbus:aborted`, `xqbus:limit-exceeded`,
   * `xqbus:service-failed` for an answer that is none of this API
   */
  async ask<T>(path: readonly string[], request: ApiRequest = {}, limits: WaitLimits = {}): Promise<T> {
    const { timeoutMs = this.#timeoutMs, signal } = limits;
    const deadline = new Deadline(`the call of ${this.url}`, { timeoutMs, signal, option: "timeoutMs" });
    const stop = new AbortController();
    const forget = deadline.onEnd((error) => stop.abort(error));
    try {
      return await deadline.race(this.#ask<T>(path, request, stop.signal));
    } finally {
      forget();
      deadline.stop();
    }
  }

  /**
   * Asks and gives the JSON of each line of the answer that is not empty, as they come; to end the loop ends the call.
   *
   * @param limits `timeoutMs`: longest time without a line, empty ones included
   * @throws as {@link ApiConnection.ask}
   */
  async *lines(
    path: readonly string[],
    request: ApiRequest = {},
    limits: WaitLimits = {},
  ): AsyncIterableIterator<unknown> {
    const { timeoutMs = this.#timeoutMs, signal } = limits;
    const stop = new AbortController();
    const within = async <T>(pending: Promise<T>): Promise<T> => {
      const deadline = new Deadline(`the call of ${this.url}`, { timeoutMs, signal, option: "timeoutMs" });
      const forget = deadline.onEnd((error) => stop.abort(error));
      try {
        return await deadline.race(pending);
      } finally {
        forget();
        deadline.stop();
      }
    };
    try {
      const response = await within(this.#authorized(path, request, stop.signal));
      if (!response.ok) this.#read(await within(this.#answerOf(response)));
      const lines = this.#linesOf(response);
      for (;;) {
        const next = await within(lines.next());
        if (next.done === true) return;
        if (next.value !== "") yield this.#json(next.value, response.status);
      }
    } finally {
      stop.abort();
    }
  }

  async #ask<T>(path: readonly string[], request: ApiRequest, signal: AbortSignal): Promise<T> {
    const response = await this.#authorized(path, request, signal);
    return this.#read<T>(await this.#answerOf(response), request.accepted ?? []);
  }

  async #authorized(path: readonly string[], request: ApiRequest, signal: AbortSignal): Promise<Response> {
    const cached = this.#token;
    const response = await this.#fetch(path, request, await this.#bearer(signal), signal);
    if (response.status !== 401 || cached === undefined) return response;
    // The daemon has been set up anew, or its clock was set: another token may do.
    await response.body?.cancel();
    this.#token = undefined;
    return this.#fetch(path, request, await this.#bearer(signal), signal);
  }

  async #bearer(signal: AbortSignal): Promise<string | undefined> {
    if (this.#key === undefined) return undefined;
    if (this.#token !== undefined && Date.now() < this.#token.usableUntil) return this.#token.text;
    const { id, secret } = this.#key;
    const response = await this.#fetch(["token"], { method: "POST", body: { id, secret } }, undefined, signal);
    const answer = await this.#answerOf(response);
    const { access_token: text, expires_in: seconds } = this.#read<{ access_token: string; expires_in: number }>(
      answer,
    );
    this.#token = { text, usableUntil: Date.now() + seconds * 1000 - TOKEN_MARGIN_MS };
    return text;
  }

  async #fetch(
    path: readonly string[],
    { method = "GET", query = {}, body, contentType = "application/json", headers = {} }: ApiRequest,
    bearer: string | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const url = new URL(path.map(encodeURIComponent).join("/"), this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const each of Array.isArray(value) ? (value as readonly string[]) : [value]) {
        url.searchParams.append(name, String(each));
      }
    }
    try {
      return await fetch(url, {
        method,
        redirect: "manual",
        signal,
        headers: {
          accept: "application/json, application/problem+json",
          ...headers,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { "content-type": contentType }),
        },
        ...(body === undefined ? {} : { body: bodyOf(body) }),
      });
    } catch (error) {
      throw this.#lost(error);
    }
  }

  /** The connection has failed, before the answer or in it. */
  #lost(error: unknown): XqbusError {
    if (error instanceof XqbusError) return error;
    const message = `nothing answers at ${this.url} (${reasonOf(error)}); is the daemon running, with its HTTP API?`;
    return new XqbusError("xqbus:not-connected", message, { cause: error });
  }

  async #answerOf(response: Response): Promise<Answer> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of this.#partsOf(response)) {
      bytes += part.length;
      this.#assertLength(bytes, "the answer");
      parts.push(part);
    }
    const text = Buffer.concat(parts).toString("utf8");
    return { status: response.status, text, location: response.headers.get("location") };
  }

  async *#linesOf(response: Response): AsyncGenerator<string, undefined> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const part of this.#partsOf(response)) {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      this.#assertLength(rest.length, "a line of the answer");
      yield* lines;
    }
    if (rest !== "") yield rest;
  }

  async *#partsOf({ body }: Response): AsyncGenerator<Uint8Array, undefined> {
    if (body === null) return;
    try {
      yield* body as unknown as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw this.#lost(error);
    }
  }

  #assertLength(length: number, what: string): void {
    if (length <= this.#maxAnswerBytes) return;
    const message = `${what} of ${this.url} is longer than ${this.#maxAnswerBytes} bytes (option maxAnswerBytes)`;
    throw new XqbusError("xqbus:limit-exceeded", message);
  }

  #read<T>({ status, text, location }: Answer, accepted: readonly number[] = []): T {
    if (status >= 300 && status < 400) {
      const to = location === null ? "" : ` to ${location.slice(0, 200)}`;
      throw this.#failed(`it redirects${to}; give the address of the API itself`);
    }
    const value = text === "" ? undefined : this.#json(text, status);
    if ((status >= 200 && status < 300) || accepted.includes(status)) return value as T;
    if (!isProblem(value)) throw this.#failed(`it answered with status ${status} and no problem+json`);
    throw new ApiError(value.code, value.detail, status, value.problems);
  }

  #json(text: string, status: number): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#failed(`it answered with status ${status} and something that is not JSON`);
    }
  }

  #failed(reason: string): XqbusError {
    return new XqbusError("xqbus:service-failed", `${this.url} is no API of xqbus, or not directly: ${reason}`);
  }
}

interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly problems?: readonly ApiProblem[];
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const { code, detail, problems = [] } = value as Record<string, unknown>;
  return typeof code === "string" && typeof detail === "string" && Array.isArray(problems);
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? Uint8Array.from(body) : JSON.stringify(body);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as NodeJS.ErrnoException;
  return cause.message === "" ? (code ?? cause.name) : cause.message;
}

function parseUrl(text: string): { readonly base: URL; readonly username: string; readonly password: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    // The text may have a secret in it.
    throw new XqbusError(
      "xqbus:illegal-argument",
      "the address of the HTTP API is not understood; expected http://host:port or https://host:port",
    );
  }
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return { base: url, username, password };
}
