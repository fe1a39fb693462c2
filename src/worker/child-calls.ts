import { AsyncLocalStorage } from "node:async_hooks";
import { deserialize, serialize } from "node:v8";
import { messageOf, XqbusError } from "../errors.ts";
import { installRuntime, type CallContext } from "./child-api.ts";
import { CallOutput, captureOutput } from "./child-output.ts";
import { LoadedFiles } from "./loaded-files.ts";
import { describeModule, loadFunction } from "./load-function.ts";
import {
  EVERYTHING,
  type FailureKind,
  type FromChild,
  type LogLine,
  type SentError,
  type ToChild,
} from "./messages.ts";
import type { OptionNames } from "./pool-options.ts";
import { sentError } from "./sent-error.ts";

interface Setup {
  readonly data: unknown;
  readonly maxMessageBytes: number;
  readonly names: OptionNames;
  readonly maxLogBytes: number;
}

type CallMessage = Extract<ToChild, { readonly kind: "call" }>;

interface Current {
  readonly context: CallContext;
  readonly controller: AbortController;
  readonly output: CallOutput;
}

interface Question {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: XqbusError) => void;
}

/** Questions to the program that have no answer yet. */
const MAX_QUESTIONS = 10_000;

/** The calls of this process: one at a time, but what an earlier one has left behind may still write and ask. */
export class ChildCalls {
  readonly #setup: Setup;
  readonly #send: (message: FromChild) => void;
  readonly #files: LoadedFiles = new LoadedFiles();
  readonly #storage: AsyncLocalStorage<Current> = new AsyncLocalStorage();
  readonly #running: Map<number, Current> = new Map();
  readonly #questions: Map<number, Question> = new Map();
  #lastQuestion = 0;

  constructor(setup: Setup, send: (message: FromChild) => void) {
    this.#setup = setup;
    this.#send = send;
    const others = this.#outputOf(undefined);
    captureOutput(() => this.#storage.getStore()?.output ?? others);
    installRuntime({ currentCall: () => this.#storage.getStore()?.context });
  }

  /** Whether the code that runs now was left behind by a call that is over. */
  get isLeftBehind(): boolean {
    const current = this.#storage.getStore();
    return current !== undefined && ![...this.#running.values()].includes(current);
  }

  take(message: Exclude<ToChild, { readonly kind: "init" }>): void {
    switch (message.kind) {
      case "call":
        return void this.#run(message);
      case "abort":
        return this.#abort(this.#running.get(message.id), new XqbusError(message.code, message.message));
      case "answer":
        return this.#question(message.id)?.resolve(deserialize(message.value));
      case "refused":
        return this.#question(message.id)?.reject(revived(message.error));
    }
  }

  async #run(call: CallMessage): Promise<void> {
    const current = this.#current(call);
    this.#running.set(call.id, current);
    const answer = await this.#storage.run(current, () => this.#answer(call, current.context));
    current.output.flush();
    this.#running.delete(call.id);
    this.#send({ kind: "loaded", files: this.#files.take() });
    this.#send(answer);
  }

  #abort(current: Current | undefined, reason: XqbusError): void {
    // What the code does now is part of its call.
    if (current !== undefined) this.#storage.run(current, () => current.controller.abort(reason));
  }

  async #answer({ id, module, export: name, args }: CallMessage, context: CallContext): Promise<FromChild> {
    let failure: FailureKind = "module";
    try {
      let result: unknown;
      if (name === EVERYTHING) {
        result = await describeModule(module, this.#files);
      } else {
        const called = await loadFunction(module, name, this.#files);
        failure = "thrown";
        result = await called(...(deserialize(args) as readonly unknown[]), context);
      }
      failure = "result";
      return { kind: "result", id, value: this.#bytes(result, "the result") };
    } catch (error) {
      const isModule = error instanceof XqbusError && error.code === "xqbus:invalid-module";
      return { kind: "failed", id, failure: isModule ? "module" : failure, error: sentError(error) };
    }
  }

  #current({ id, module, export: name, key }: CallMessage): Current {
    const controller = new AbortController();
    const output = this.#outputOf(id);
    const context: CallContext = Object.freeze({
      ...{ module, export: name, key, signal: controller.signal, data: this.#setup.data },
      log: (text, level = "info") => output.write(`${text}\n`, level),
      load: (path, exported) => loadFunction(path, exported, this.#files),
      ask: (service, argument) => this.#ask(id, service, argument),
    } satisfies CallContext);
    return { context, controller, output };
  }

  #outputOf(call: number | undefined): CallOutput {
    return new CallOutput(this.#setup.maxLogBytes, (line: LogLine) => this.#send({ kind: "log", call, line }));
  }

  async #ask(call: number, service: string, value: unknown): Promise<unknown> {
    if (this.#questions.size >= MAX_QUESTIONS) {
      throw new XqbusError("xqbus:too-many-requests", `${MAX_QUESTIONS} questions have no answer yet; wait for them`);
    }
    const argument = this.#bytes(value, `the argument of "${service}"`);
    const id = ++this.#lastQuestion;
    return await new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve, reject });
      this.#send({ kind: "ask", id, call, service, argument });
    });
  }

  #question(id: number): Question | undefined {
    const question = this.#questions.get(id);
    this.#questions.delete(id);
    return question;
  }

  #bytes(value: unknown, what: string): Uint8Array {
    let bytes: Uint8Array;
    try {
      bytes = serialize(value);
    } catch (error) {
      throw new XqbusError("xqbus:illegal-result", `${what} is no plain data: ${messageOf(error)}`, { cause: error });
    }
    const { maxMessageBytes, names } = this.#setup;
    if (bytes.length <= maxMessageBytes) return bytes;
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `${what} has ${bytes.length} bytes, more than ${maxMessageBytes} (${names.maxMessageBytes})`,
    );
  }
}

function revived({ name, code, message }: SentError): XqbusError {
  return new XqbusError(code ?? "xqbus:service-failed", code === undefined ? `${name}: ${message}` : message);
}
