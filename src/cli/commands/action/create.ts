import type { Command } from "commander";
import type { Action, ActionInput } from "../../../action/index.ts";
import { callsApi, type ApiCall } from "../../api/api-command.ts";
import { durationMs, positiveInteger } from "../../options.ts";
import type { AddActionCommand } from "../action.ts";
import { given } from "../../given.ts";

interface ActionOptions {
  readonly name?: string;
  readonly module?: string;
  readonly function?: string;
  readonly runTimeout?: number;
  readonly retry?: string;
  readonly concurrency?: number | "all";
}

/** Adds `action create`. */
export const addActionCreate: AddActionCommand = (action, session) => {
  const command = action.command("create").description("make an action of an exported function");
  addOptions(command).addHelpText(
    "after",
    '\nExamples:\n  xqbus action create --name "Event handle" --module event-handle.js --function event_handle',
  );
  callsApi<ActionOptions>(command, session, async (call) => {
    const { name = "", module = "", function: exported = "", ...more } = inputOf(call.options);
    show(call, await call.api.actions.create({ name, module, function: exported, ...more }, call.limits), "created");
  });
};

/** Adds `action update`. */
export const addActionUpdate: AddActionCommand = (action, session) => {
  const command = action
    .command("update")
    .description("change an action; runs that are under way go on as they began")
    .argument("<id>", "id or name of the action");
  addOptions(command).addHelpText("after", '\nExamples:\n  xqbus action update "Event handle" --run-timeout 30s');
  callsApi<ActionOptions>(command, session, async (call, id = "") => {
    show(call, await call.api.actions.update(id, inputOf(call.options), call.limits), "updated");
  });
};

function addOptions(command: Command): Command {
  return command
    .option("--name <name>", "what people call it")
    .option("--module <file>", "file below [action] folder, or xqbus:event_handle")
    .option("--function <name>", "the exported function")
    .option("--run-timeout <duration>", "how long an attempt may take, such as 30s", durationMs)
    .option("--retry <policy>", 'when it is tried again, such as "5x exponential 1s..5m"')
    .option("--concurrency <n>", "runs at the same time, or all", (text) =>
      text === "all" ? text : positiveInteger(text),
    );
}

function inputOf({
  name,
  module,
  function: exported,
  runTimeout: timeoutMs,
  retry,
  concurrency,
}: ActionOptions): Partial<ActionInput> {
  const limit = concurrency === "all" ? null : concurrency;
  return given({ name, module, function: exported, timeoutMs, retry, concurrency: limit });
}

function show({ output }: ApiCall<ActionOptions>, action: Action, what: string): void {
  if (output.json) output.value(action);
  else output.line(`Action successfully ${what}: ${action.id} ${action.name}`);
}
