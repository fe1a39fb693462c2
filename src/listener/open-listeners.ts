import { ListenerService } from "./listener-service.ts";
import { checkListenersOptions, type ListenersOptions } from "./listeners-options.ts";
import type { RunningListeners } from "./running-listeners.ts";

/**
 * Opens the listeners of a daemon: reads `listeners.db`, or makes it. Nothing is received or delivered before `start()`.
 *
 * @throws XqbusError `xqbus:illegal-argument` for an option; `xqbus:store-in-use`, `xqbus:store-damaged`, `xqbus:store-too-new`,
 * `xqbus:store-full`, `xqbus:store-failed`, `xqbus:missing-package`
 */
export function openListeners(options: ListenersOptions): Promise<RunningListeners> {
  return ListenerService.open(checkListenersOptions(options));
}
