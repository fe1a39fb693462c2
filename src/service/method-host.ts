import { assertServiceName, type IncomingRequest } from "../amqp/index.ts";
import { textOf, XqbusError } from "../errors.ts";
import {
  encodeError,
  encodeResult,
  readRequest,
  RPC,
  type RpcError,
  type RpcId,
  type RpcRequest,
} from "../amqp/index.ts";
import { rpcErrorOf } from "./service-error.ts";
import type { CallContext, ServiceMethod } from "./service-methods.ts";

/** How calls are carried out. */
export interface MethodHostOptions {
  /** How long a method may take when the caller does not say how long it waits, in milliseconds. */
  readonly methodTimeoutMs: number;
  readonly maxReplyBytes: number;
  readonly exposeErrors: boolean;
  /** Hears of what a method has thrown that is no error of this package. */
  readonly onError: (error: unknown, method: string) => void;
}

/** What became of the calls so far. */
export interface CallCounts {
  readonly called: number;
  /** Calls that were answered with an error, also those of methods that do not exist. */
  readonly failed: number;
  /** Methods that had not ended when nobody waited for them any more. */
  readonly abandoned: number;
}

/** The methods of a service, and how a request becomes a call of one of them. It knows no transport. */
export class MethodHost {
  readonly #service: string;
  readonly #methods: ReadonlyMap<string, ServiceMethod>;
  readonly #options: MethodHostOptions;
  readonly #stop: AbortController = new AbortController();
  readonly #counts = { called: 0, failed: 0, abandoned: 0 };

  constructor(service: string, methods: ReadonlyMap<string, ServiceMethod>, options: MethodHostOptions) {
    assertServiceName(service);
    this.#service = service;
    this.#methods = methods;
    this.#options = options;
  }

  get counts(): CallCounts {
    return { ...this.#counts };
  }

  /** Ends the signals of all calls. */
  abort(): void {
    this.#stop.abort();
  }

  /** Carries a request out; gives the answer, or undefined when none is wanted or nobody waits for it any more. Never rejects. */
  async handle({ body, properties }: IncomingRequest): Promise<Uint8Array | undefined> {
    if (body === undefined)
      return this.#fails(null, { code: RPC.invalidRequest, message: "the request is too large, or cannot be read" });
    const request = readRequest(body);
    if ("error" in request) return this.#fails(request.id, request.error);
    const method = this.#methods.get(request.method);
    if (method === undefined) {
      const message = `the service ${this.#service} has no method ${JSON.stringify(request.method)}; getMethods names them`;
      return request.id === undefined ? undefined : this.#fails(request.id, { code: RPC.methodNotFound, message });
    }
    if (request.id !== undefined && properties.replyTo === undefined) {
      return this.#fails(request.id, {
        code: RPC.invalidRequest,
        message: "the request names no address for its answer",
      });
    }
    return this.#call(method, request, properties);
  }

  async #call(
    method: ServiceMethod,
    request: RpcRequest,
    { userId: user, expiryTime: expiresAt }: IncomingRequest["properties"],
  ): Promise<Uint8Array | undefined> {
    const leftMs = expiresAt === undefined ? this.#options.methodTimeoutMs : expiresAt.getTime() - Date.now();
    const end = new AbortController();
    const stop = (): void => end.abort();
    const timer = setTimeout(stop, Math.max(1, Math.min(leftMs, MAX_TIMER_MS)));
    this.#stop.signal.addEventListener("abort", stop, { once: true });
    this.#counts.called++;
    const context: CallContext = {
      service: this.#service,
      method: request.method,
      user,
      expiresAt,
      signal: end.signal,
    };
    const work = run(method, context, request.params);
    const given = new Promise<undefined>((resolve) => end.signal.addEventListener("abort", () => resolve(undefined)));
    try {
      const outcome = await Promise.race([work, given]);
      if (outcome === undefined) return this.#abandon(request, work, expiresAt);
      return this.#answer(request, outcome);
    } finally {
      clearTimeout(timer);
      this.#stop.signal.removeEventListener("abort", stop);
    }
  }

  /** A caller that has told until when it waits is gone; another one is told. */
  #abandon({ id, method }: RpcRequest, work: Promise<Outcome>, expiresAt: Date | undefined): Uint8Array | undefined {
    this.#counts.abandoned++;
    void work.then((outcome) => {
      if ("error" in outcome) this.#report(outcome.error, method);
    });
    if (id === undefined || expiresAt !== undefined) return undefined;
    const late = new XqbusError("xqbus:timeout", `the method ${method} did not end in time`);
    return this.#fails(id, rpcErrorOf(late, method, true));
  }

  #answer({ id, method }: RpcRequest, outcome: Outcome): Uint8Array | undefined {
    if ("error" in outcome) return this.#threw(id, method, outcome.error);
    if (id === undefined) return undefined;
    try {
      const answer = encodeResult(id, outcome.result);
      const { maxReplyBytes } = this.#options;
      if (answer.length <= maxReplyBytes) return answer;
      const problem = `the answer of ${method} has ${answer.length} bytes; at most ${maxReplyBytes} (option maxReplyBytes)`;
      return this.#threw(id, method, new XqbusError("xqbus:limit-exceeded", problem));
    } catch (error) {
      return this.#threw(id, method, error);
    }
  }

  #threw(id: RpcId, method: string, error: unknown): Uint8Array | undefined {
    this.#report(error, method);
    if (id !== undefined) return this.#fails(id, rpcErrorOf(error, method, this.#options.exposeErrors));
    this.#counts.failed++;
    return undefined;
  }

  #fails(id: RpcId, error: RpcError): Uint8Array {
    this.#counts.failed++;
    const answer = encodeError(id, error);
    return answer.length <= this.#options.maxReplyBytes ? answer : encodeError(id, { ...error, data: undefined });
  }

  #report(error: unknown, method: string): void {
    if (error instanceof XqbusError) return;
    try {
      this.#options.onError(error, method);
    } catch (thrown) {
      process.emitWarning(`onError threw: ${textOf(thrown)}`, { code: "xqbus:callback-failed" });
    }
  }
}

/** `setTimeout` fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type Outcome = { readonly result: unknown } | { readonly error: unknown };

async function run(method: ServiceMethod, context: CallContext, params: RpcRequest["params"]): Promise<Outcome> {
  try {
    const list = (Array.isArray(params) ? params : [params]) as never[];
    return { result: await method.apply(context, list) };
  } catch (error) {
    return { error };
  }
}
