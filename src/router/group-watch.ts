import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import {
  callMethod,
  HARMLESS_EXPIRES_MS,
  RefusedError,
  RequestSender,
  ROUTER_SERVICE,
  TimeoutError,
  type ConnectOptions,
} from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import { Turns } from "../turns.ts";
import { GROUP_METHOD, otherGroupsError, readGroup, REMEMBERED_ROUNDS, shownHost, type Group } from "./group.ts";
import type { GroupStore } from "./group-store.ts";

/** What looking for other groups needs. */
export interface GroupWatchParts {
  readonly url: string | readonly string[];
  readonly connect: ConnectOptions;
  readonly domain: string;
  /** By which this daemon takes events from the domain. */
  readonly subscriptions: readonly string[];
  readonly store: GroupStore;
  readonly intervalMs: number;
  /** Hears once of `xqbus:shared-domain` or `xqbus:shared-service` when it begins, and of `xqbus:unchecked-domain`. */
  readonly onProblem: (error: XqbusError) => void;
  /** Hears when no other group was heard of any more. */
  readonly onAlone: () => void;
}

/** A broker that refuses the question is asked again after so many rounds. */
const REFUSED_ROUNDS = 30;
const MOST_ANSWER_BYTES = 10_000;
const ANSWER_MS = 5000;
/** Groups that are written down between two looks: whoever may call the service can say that he is one. */
const MOST_NEW = 20;

/**
 * Notices daemons that serve the same domain with another database. They divide the events of the domain, as processes of one group do, and
 * nothing else shows it. All of them offer one service and divide its calls, too: so a call of our own service reaches, sooner or later,
 * somebody of another group, and both know by question and answer.
 */
export class GroupWatch {
  readonly #parts: GroupWatchParts;
  readonly #end: AbortController = new AbortController();
  readonly #turns: Turns = new Turns();
  /** That were written down since the last look. */
  readonly #heard: Set<string> = new Set();
  #problem: XqbusError | undefined;
  #refusal: XqbusError | undefined;
  /** Rounds since the last answer. */
  #silentRounds: number = 0;
  #looking: Promise<void> | undefined;

  constructor(parts: GroupWatchParts) {
    this.#parts = parts;
  }

  /** Other groups serve the domain, as was last seen in the database. */
  get problem(): XqbusError | undefined {
    return this.#problem;
  }

  /** Begins to look what processes of this group have heard. */
  start(): void {
    this.#looking ??= this.#lookOften();
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#looking;
  }

  /** Somebody says of which group he is; gives this one. @throws what the database does */
  async meet(given: unknown): Promise<Group> {
    await this.#hear(given);
    return this.#mine();
  }

  /** Asks the service for its group, again and again, until the signal. Never rejects. */
  async ask(lost: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([lost, this.#end.signal]);
    const { intervalMs } = this.#parts;
    let requests: RequestSender | undefined;
    for (;;) {
      const rounds = this.#refusal === undefined ? 1 : REFUSED_ROUNDS;
      await sleep(intervalMs * rounds * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
      requests ??= this.#requests();
      if (await this.#askSome(requests, signal)) continue;
      await requests.close({ drain: false });
      requests = undefined;
    }
    await requests?.close({ drain: false });
  }

  /**
   * Once or twice, by chance: a broker that gives calls to processes in turns would else let two groups that ask in turns, too, find
   * themselves each time.
   *
   * @returns whether the sender can be asked with again
   */
  async #askSome(requests: RequestSender, signal: AbortSignal): Promise<boolean> {
    try {
      for (let left = Math.random() < 0.5 ? 1 : 2; left > 0; left--) await this.#askOnce(requests, signal);
      this.#refusal = undefined;
      this.#silentRounds = 0;
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (error instanceof RefusedError) this.#tellRefusal(error);
      else this.#tellSilence(error as XqbusError);
      // It goes on to the next broker by itself; another one would begin again at the first, which may be the silent one.
      return error instanceof TimeoutError;
    }
  }

  async #askOnce(requests: RequestSender, signal: AbortSignal): Promise<void> {
    const timeoutMs = Math.max(1, Math.min(this.#parts.intervalMs, ANSWER_MS));
    const params = [await this.#mine()];
    const what = "asking daemons for their group";
    const call = { method: GROUP_METHOD, params, what };
    const answer = await callMethod(requests, call, {
      timeoutMs,
      signal,
      idempotent: true,
      expiresAfterMs: HARMLESS_EXPIRES_MS,
    });
    // An error is that of a daemon of an earlier release, or of one that does not reach its database.
    if ("result" in answer) await this.#hear(answer.result);
  }

  async #hear(given: unknown): Promise<void> {
    const group = readGroup(given);
    const { store, subscriptions } = this.#parts;
    if (group === undefined || group.id === (await store.own())) return;
    const { id, host, subscriptions: theirs } = group;
    if (this.#heard.has(id) || this.#heard.size >= MOST_NEW) return;
    this.#heard.add(id);
    await store.hear({ id, host, shared: subscriptions.filter((each) => theirs.includes(each)) });
    await this.#look();
  }

  /** The id is read each time: a database that was dropped and made again has another one, for all processes. */
  async #mine(): Promise<Group> {
    const { store, subscriptions } = this.#parts;
    return { id: await store.own(), host: shownHost(hostname()), subscriptions };
  }

  async #lookOften(): Promise<void> {
    const { intervalMs, store } = this.#parts;
    const { signal } = this.#end;
    while (!signal.aborted) {
      this.#heard.clear();
      try {
        await this.#look();
        await store.forget(intervalMs * REMEMBERED_ROUNDS);
      } catch {
        // What is wrong with the database, whoever reads the routes says.
      }
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** In turns: of two looks the later one counts. */
  #look(): Promise<void> {
    return this.#turns.run(async () => {
      const { store, domain, intervalMs, onProblem, onAlone } = this.#parts;
      const others = await store.others(intervalMs * REMEMBERED_ROUNDS);
      const before = this.#problem;
      this.#problem = others.length === 0 ? undefined : otherGroupsError(domain, others);
      if (this.#end.signal.aborted || this.#problem?.code === before?.code) return;
      if (this.#problem === undefined) onAlone();
      else onProblem(this.#problem);
    });
  }

  #requests(): RequestSender {
    const { url, connect } = this.#parts;
    return new RequestSender(url, ROUTER_SERVICE, { ...connect, maxReplyBytes: MOST_ANSWER_BYTES });
  }

  #tellRefusal(error: RefusedError): void {
    const isTold = this.#refusal?.message === error.message;
    this.#refusal = error;
    if (!isTold) this.#tellUnchecked(`cannot be asked: ${error.message}`, error);
  }

  #tellSilence(error: XqbusError): void {
    if (++this.#silentRounds !== REMEMBERED_ROUNDS) return;
    this.#tellUnchecked(`is not known: asking has failed ${REMEMBERED_ROUNDS} times: ${error.message}`, error);
  }

  #tellUnchecked(text: string, cause: XqbusError): void {
    const message = `whether daemons with another database serve this domain ${text}`;
    this.#parts.onProblem(new XqbusError("xqbus:unchecked-domain", message, { cause }));
  }
}
