import { Option } from "commander";
import type { WaitLimits } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";
import type { ApiClient, ApiCredentials } from "../../server/api-client/index.ts";
import type { Io } from "../io.ts";
import { positiveNumber } from "../options.ts";
import { readPassword } from "../read-password.ts";

/** Where a daemon listens on this machine unless its configuration says otherwise. */
const DEFAULT_URL = "http://127.0.0.1:8672";

/** How a command finds the HTTP API of a daemon, with the values that commander gives. */
export interface ApiOptions {
  readonly http?: string;
  readonly apiKey?: string;
  readonly timeout: number;
}

export const apiOptions = (): readonly Option[] => [
  new Option("--http <url>", `HTTP API of the daemon (default: XQBUS_HTTP, else ${DEFAULT_URL})`),
  apiKeyOption(),
  new Option("--timeout <seconds>", "give up waiting for an answer after this time")
    .default(30)
    .argParser(positiveNumber),
];

export const apiKeyOption = (): Option =>
  new Option(
    "--api-key <id>",
    "key to log in with; its secret is XQBUS_API_SECRET, else read from standard input (default: XQBUS_API_KEY)",
  );

/** The client of the API that options and environment name; nothing is asked yet. */
export async function openApi(options: ApiOptions, io: Io): Promise<ApiClient> {
  const { ApiClient } = await import("../../server/api-client/index.ts");
  const key = await credentials(options, io);
  const url = options.http ?? given(io.env["XQBUS_HTTP"]) ?? DEFAULT_URL;
  return new ApiClient(url, key === undefined ? {} : { key });
}

/** Limits of one call. */
export function apiLimits({ timeout }: ApiOptions, { signal }: Io): WaitLimits {
  return { timeoutMs: timeout * 1000, signal };
}

async function credentials({ apiKey }: ApiOptions, io: Io): Promise<ApiCredentials | undefined> {
  const id = apiKey ?? given(io.env["XQBUS_API_KEY"]);
  const secret = given(io.env["XQBUS_API_SECRET"]);
  if (id !== undefined) return { id, secret: secret ?? (await secretFromStdin(id, io)) };
  if (secret === undefined) return undefined;
  throw new XqbusError(
    "xqbus:illegal-argument",
    "XQBUS_API_SECRET is set, and no key that it belongs to; give --api-key or set XQBUS_API_KEY",
  );
}

async function secretFromStdin(id: string, io: Io): Promise<string> {
  const secret = await readPassword(io, true);
  if (secret !== "") return secret;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `there is no secret of the API key ${id}: XQBUS_API_SECRET is not set or empty, and so is standard input`,
  );
}

/** A variable that is set to nothing is none. */
function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
