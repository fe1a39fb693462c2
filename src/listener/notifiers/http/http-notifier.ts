import type { Dispatcher, Pool } from "undici";
import { messageOf, XqbusError } from "../../../errors.ts";
import { optionalPackage } from "../../../optional-package.ts";
import type { Notification, Notifier, NotifyResult } from "../../notifier.ts";
import { NotifyError } from "../../notify-error.ts";
import { attemptEnded } from "../attempt-ended.ts";
import { AnswerBeginning } from "../excerpt.ts";
import type { AddressGuard } from "./address-guard.ts";
import type { HttpConfig } from "./http-config.ts";
import type { HttpRequestMaker } from "./http-request.ts";
import { retryAfterMs } from "./retry-after.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 60_000;
const BODY_TIMEOUT_MS = 30_000;
/** Connections to the receiver at most; a listener's concurrency is its limit before. */
const MAX_CONNECTIONS = 128;
/** Bytes of an answer that are read so that its connection can be used again; one with a longer answer is closed. */
const MAX_ANSWER_BYTES = 64 * 1_024;

/** Client errors after which the same call may succeed: time-out, conflict, too early, too many requests (RFC 9110, RFC 8470, RFC 6585). */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** Calls one URL for each event, over connections that are kept. */
export class HttpNotifier implements Notifier {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #what: string;
  readonly #requests: HttpRequestMaker;
  #closing: Promise<void> | undefined;

  /** @throws XqbusError `xqbus:address-refused` when no event could ever be sent there, `xqbus:missing-package` */
  static async open(config: HttpConfig, guard: AddressGuard, requests: HttpRequestMaker): Promise<HttpNotifier> {
    const url = new URL(config.url);
    // The settings may have changed since the configuration was checked. Sockets look up names only, so this is all for addresses.
    const refusal = guard.refusalOf(url.hostname);
    if (refusal !== undefined) throw refusal;
    const undici = await optionalPackage("undici", "an http listener", () => import("undici"));
    const pool = new undici.Pool(url.origin, {
      connect: {
        timeout: config.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        lookup: guard.lookup,
        ...(config.ca === undefined ? {} : { ca: config.ca }),
      },
      connections: MAX_CONNECTIONS,
      headersTimeout: config.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      bodyTimeout: config.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
    });
    return new HttpNotifier(pool, url, requests);
  }

  private constructor(pool: Pool, url: URL, requests: HttpRequestMaker) {
    this.#pool = pool;
    this.#path = `${url.pathname}${url.search}`;
    // Paths and queries of webhooks are secrets with some receivers.
    this.#what = `POST to ${url.origin}`;
    this.#requests = requests;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    if (signal.aborted) throw attemptEnded(this.#what, signal);
    const { headers, body } = this.#requests.make(notification, Date.now());
    let response: Dispatcher.ResponseData;
    try {
      response = await this.#pool.request({ method: "POST", path: this.#path, headers, body, signal });
    } catch (error) {
      if (signal.aborted) throw attemptEnded(this.#what, signal);
      throw notAnswered(this.#what, error);
    }
    const excerpt = await beginningOf(response);
    const { statusCode: status } = response;
    if (status >= 200 && status < 300) return { status, excerpt };
    throw refusedWith(this.#what, response, excerpt);
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.close();
    return this.#closing;
  }
}

/** The status has said whether the receiver took the event; what becomes of the rest of its answer changes nothing. */
async function beginningOf({ body }: Dispatcher.ResponseData): Promise<string | undefined> {
  const beginning = new AnswerBeginning();
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      beginning.add(piece);
      if (beginning.bytes > MAX_ANSWER_BYTES) break;
    }
  } catch {
    // It ended early, or with the attempt's time.
  }
  return beginning.excerpt;
}

function notAnswered(what: string, error: unknown): NotifyError {
  if (error instanceof XqbusError) return new NotifyError(error.code, `${what}: ${error.message}`, { cause: error });
  return new NotifyError("xqbus:notify-failed", `${what} failed: ${reasonOf(error)}`, { cause: error });
}

/** Of several addresses that were tried each has a reason of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join("; ");
  return messageOf(error);
}

function refusedWith(
  what: string,
  { statusCode: status, headers }: Dispatcher.ResponseData,
  excerpt: string | undefined,
): NotifyError {
  const isRedirect = status >= 300 && status < 400;
  const remark = isRedirect ? ", a redirect, which is not followed; give the listener the URL itself" : "";
  return new NotifyError("xqbus:notify-failed", `${what} was answered with ${status}${remark}`, {
    status,
    excerpt,
    isPermanent: status >= 400 && status < 500 && !PASSING.has(status),
    ...(status === 429 || status === 503 ? { retryAfterMs: retryAfterMs(headers["retry-after"], Date.now()) } : {}),
  });
}
