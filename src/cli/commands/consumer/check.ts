import { counted } from "../../../counted.ts";
import { relative } from "node:path";
import { checkConsumer, findConsumers, type ConsumerCheck } from "../../../tasklet/index.ts";
import type { AddCommand, Session } from "../../command.ts";
import { EXIT } from "../../exit-code.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { visibleText } from "../../visible-text.ts";

export const addConsumerCheck: AddCommand = (consumer, session) => {
  consumer
    .command("check")
    .description("whether the consumers of a folder can work: settings, keys, tasklets; no broker is needed")
    .argument("<folder>", "a process folder (with consumer.cfg), an application, or a folder of applications")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus consumer check examples/customer-page
  xqbus consumer check examples/customer-page/impl/events/customer --json

The modules are loaded, match and main are not called. The exit code is 1 when there is something to mend.`,
    )
    .action(async (folder: string, options: { readonly json?: true }) => check(folder, options, session));
};

async function check(folder: string, options: { readonly json?: true }, session: Session): Promise<void> {
  const output = new Output(session.io, options.json === true);
  for (const consumer of findConsumers(folder)) {
    const found = await checkConsumer(consumer, { signal: session.io.signal });
    if (found.problems.length > 0) session.exitCode = EXIT.failure;
    if (output.json) output.value(jsonOf(found));
    else for (const line of linesOf(found)) output.line(visibleText(line));
  }
}

function jsonOf({ name, folder, config, tasklets, problems }: ConsumerCheck): unknown {
  const { eventKey, workers, warnings = [] } = config ?? {};
  return {
    ...{ consumer: name, folder, eventKey: eventKey?.text, examples: eventKey?.examples, workers },
    tasklets: tasklets.map(({ module, tags, priority }) => ({ module, tags, priority })),
    ...{ warnings, problems },
  };
}

function linesOf({ name, folder, config, tasklets, problems }: ConsumerCheck): readonly string[] {
  const key = config?.eventKey;
  return [
    `${name}: ${problems.length === 0 ? "can work" : "cannot work as it is"}`,
    ...(key === undefined ? [] : [`  key ${key.text}, for example ${key.examples.join(", ")}`]),
    ...(config === undefined ? [] : [`  ${counted(config.workers, "worker process", "worker processes")}`]),
    ...tasklets.map(
      ({ module, tags, priority }) =>
        `  tasklet ${relative(folder, module)}, priority ${priority}${tags.length === 0 ? "" : `, for ${tags.join(" and ")}`}`,
    ),
    ...(config?.warnings ?? []).map((warning) => `  warning: ${warning}`),
    ...problems.map((problem) => `  to mend: ${problem}`),
  ];
}
