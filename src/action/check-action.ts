import { assertInteger, illegalOption, shown } from "../assert-option.ts";
import { formatRetryPolicy, retryPolicy } from "../subscription/index.ts";
import { actionModule } from "./action-modules.ts";
import type { ActionInput } from "./action.ts";

/** An action as it is to be kept. */
export interface CheckedAction {
  readonly name: string;
  readonly module: string;
  readonly function: string;
  readonly timeoutMs: number;
  readonly retry: string;
  readonly concurrency: number | undefined;
}

/** What is said of actions that their users need not say. */
export interface ActionDefaults {
  /** Absolute. */
  readonly folder: string;
  readonly timeoutMs: number;
}

const MAX_NAME = 200;
const DEFAULT_RETRY = "5x exponential 1s..5m jitter 0.2";
const MAX_TIMEOUT_MS: number = 24 * 60 * 60 * 1000;

/** @throws XqbusError `xqbus:illegal-argument` that names the member and what would be right */
export function checkAction(input: ActionInput, { folder, timeoutMs: usual }: ActionDefaults): CheckedAction {
  const { name, module, function: exported, retry = DEFAULT_RETRY, timeoutMs = usual, concurrency } = input;
  assertLine(name, "name", MAX_NAME);
  assertLine(module, "module", 1000);
  if (typeof exported !== "string" || !/^[\p{ID_Start}$_][\p{ID_Continue}$]{0,199}$/u.test(exported)) {
    throw illegalOption(`function must be the name of an exported function, got ${shown(exported)}`);
  }
  if (typeof retry !== "string") throw illegalOption(`retry must be a text, got ${shown(retry)}`);
  formatRetryPolicy(retryPolicy(retry));
  assertInteger(timeoutMs, "timeoutMs", 1, MAX_TIMEOUT_MS);
  if (concurrency !== undefined && concurrency !== null) assertInteger(concurrency, "concurrency", 1, 1000);
  actionModule(module, folder);
  return { name, module, function: exported, timeoutMs, retry, concurrency: concurrency ?? undefined };
}

function assertLine(value: unknown, member: string, most: number): void {
  if (
    typeof value === "string" &&
    value.trim() === value &&
    value !== "" &&
    value.length <= most &&
    !/\p{Cc}/u.test(value)
  )
    return;
  throw illegalOption(`${member} must be one line of 1 to ${most} characters, got ${shown(value)}`);
}
