import type { Listener } from "../listener/index.ts";
import type { Output } from "./io.ts";
import { printFields } from "./table.ts";

/** Width of the labels, so that entries look alike. */
const WIDTH = "Notifier Type Id:  ".length;

/** Prints a listener as Pulp's command did, with a line more for each thing that Pulp's listeners did not have. */
export function printListener(output: Output, listener: Listener): void {
  const { id, name, notifier, shown, eventTypes, xquery, routingKey, state, stateReason, rate } = listener;
  printFields(
    output,
    [
      ["Event Types", eventTypes.length === 0 ? "*" : eventTypes.join(", ")],
      ["Id", id],
    ],
    { width: WIDTH },
  );
  output.line("Notifier Config:");
  printFields(output, shown, { indent: "  " });
  const reason = stateReason === undefined ? "" : ` (${stateReason})`;
  printFields(
    output,
    [
      ["Notifier Type Id", notifier],
      ["Name", name],
      ["XQuery", xquery],
      ["Routing Key", routingKey],
      ["Rate", rate],
      ["State", state === "active" ? undefined : `${state}${reason}`],
    ],
    { width: WIDTH },
  );
}
