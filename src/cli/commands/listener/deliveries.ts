import { Option } from "commander";
import type { DeliveryRecord, DeliveryState } from "../../../listener/index.ts";
import { callsApi } from "../../api/api-command.ts";
import { limitOption } from "../../options.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddListenerCommand } from "../listener.ts";
import { given } from "../../given.ts";

type Attempted = Pick<DeliveryRecord, "attempts" | "nextAttemptAt" | "error">;

const STATES: readonly DeliveryState[] = ["waiting", "delivered", "dead", "deleted"];

interface DeliveriesOptions {
  readonly state?: DeliveryState;
  readonly reason?: string;
  readonly before?: string;
  readonly limit: number;
}

/** Adds `listener deliveries`: what became of the events that a listener wanted. */
export const addListenerDeliveries: AddListenerCommand = (listener, session) => {
  const command = listener
    .command("deliveries")
    .description("list what became of the events that a listener wanted, the latest first")
    .argument("<id>", "id of the listener")
    .addOption(new Option("--state <state>", "only these").choices(STATES))
    .option("--reason <reason>", "only dead letters of this reason")
    .option("--before <delivery>", "those before this one in the list")
    .addOption(limitOption(50))
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus listener deliveries 5081a42ce19a00ea4300000e\n  xqbus listener deliveries 5081a42ce19a00ea4300000e --state dead --json",
    );
  callsApi<DeliveriesOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    const { state, reason, before, limit } = options;
    await api.listeners.get(id, limits);
    const deliveries = await api.deliveries.list(given({ listener: id, limit, state, reason, before }), limits);
    if (output.json) return output.value(deliveries);
    const rows = deliveries.map(({ id: delivery, acceptedAt, eventType, eventId, state: now, ...rest }) => [
      ...[delivery, timeText(acceptedAt), now, `${rest.attempts.length}`, nextText(rest), eventType, eventId],
      errorText(rest),
    ]);
    printTable(output, ["DELIVERY", "TIME", "STATE", "ATTEMPTS", "NEXT", "EVENT TYPE", "EVENT", "ERROR"], rows);
    if (deliveries.length === limit) output.note(`there may be more: --before ${deliveries.at(-1)?.id ?? ""}`);
  });
};

/** When one that waits after a failure is tried again. */
function nextText({ attempts, nextAttemptAt }: Attempted): string {
  return attempts.length === 0 || nextAttemptAt === undefined ? "-" : timeText(nextAttemptAt);
}

/** Why it was given up, or what went wrong at the last attempt. */
function errorText({ attempts, error }: Attempted): string {
  const last = attempts.at(-1);
  if (error !== undefined || last === undefined || last.outcome === "delivered") return error ?? "";
  return last.message ?? last.code ?? (last.status === undefined ? last.outcome : `status ${last.status}`);
}
