import type { XqbusError } from "../../src/errors.ts";
import { Subscription, type Handler, type HandlingOptions } from "../../src/subscription/index.ts";
import { VirtualClock } from "../broker/virtual-clock.ts";
import { pass, ScriptedSource, type ScriptedDelivery } from "./scripted-source.ts";

/** A subscription that runs in a time of its own. */
export interface Running {
  readonly clock: VirtualClock;
  readonly source: ScriptedSource;
  readonly subscription: Subscription<ScriptedDelivery>;
  /** Errors that were reported, as `code: message`. */
  readonly errors: string[];
  /** Lets time pass. */
  readonly pass: (ms: number) => Promise<void>;
}

/** Starts a subscription that begins at the time 0; retries have no jitter by default. */
export async function run(
  handler: Handler<ScriptedDelivery>,
  options: Partial<HandlingOptions<ScriptedDelivery>> & { readonly canDelay?: boolean } = {},
): Promise<Running> {
  const { canDelay = false, ...rest } = options;
  const clock = new VirtualClock(0);
  const source = new ScriptedSource({ canDelay });
  const errors: string[] = [];
  const onError = (error: XqbusError): void => {
    errors.push(`${error.code}: ${error.message}`);
  };
  const subscription = new Subscription(source, handler, {
    ...{ name: "mail", clock, onError, retry: "3x exponential 1s..1m jitter 0", random: () => 0.5 },
    ...rest,
  });
  await subscription.start();
  return { clock, source, subscription, errors, pass: (ms) => pass(clock, ms) };
}

/** Resolves after so many ms of that clock. */
export function sleep(clock: VirtualClock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.at(clock.now() + ms, resolve);
  });
}
