import type { Command } from "commander";
import type { WaitLimits } from "../../amqp/index.ts";
import type { ApiClient } from "../../server/api-client/index.ts";
import type { Session } from "../command.ts";
import { Output } from "../io.ts";
import { jsonOption } from "../options.ts";
import { apiLimits, apiOptions, openApi, type ApiOptions } from "./open-api.ts";

/** What an action that talks to a daemon gets. */
export interface ApiCall<O> {
  readonly api: ApiClient;
  readonly options: O;
  readonly output: Output;
  /** Of each call. */
  readonly limits: WaitLimits;
  readonly session: Session;
}

/** An action; the arguments are those of the command, in their order. */
export type ApiAction<O> = (call: ApiCall<O>, ...args: readonly string[]) => Promise<void>;

/**
 * Makes a client of the HTTP API of a command that has its own arguments and options already.
 *
 * @typeParam O values of its options
 */
export function callsApi<O extends object>(command: Command, session: Session, action: ApiAction<O>): void {
  for (const option of [...apiOptions(), jsonOption()]) command.addOption(option);
  command.action(async (...given: readonly unknown[]) => {
    const options = command.opts<O & ApiOptions & { readonly json?: true }>();
    const output = new Output(session.io, options.json === true);
    const api = await openApi(options, session.io);
    const limits = apiLimits(options, session.io);
    // Commander gives the options and the command behind the arguments.
    const args = given.slice(0, -2).map((value) => (typeof value === "string" ? value : ""));
    await action({ api, options, output, limits, session }, ...args);
  });
}
