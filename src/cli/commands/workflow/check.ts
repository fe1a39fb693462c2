import { checkWorkflow, workflowMermaid } from "../../../action/index.ts";
import { counted } from "../../../counted.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { readWorkflow } from "../../read-workflow.ts";
import type { AddWorkflowCommand } from "../workflow.ts";

interface CheckOptions {
  readonly mermaid?: true;
  readonly json?: true;
}

/** Adds `workflow check`: a definition on its own, without a daemon. */
export const addWorkflowCheck: AddWorkflowCommand = (workflow, session) => {
  workflow
    .command("check")
    .description("whether the definition of a workflow can be used; whether its actions are there is checked by create")
    .argument("<file>", "TOML file, or module whose default export is a definition; - for TOML on standard input")
    .option("--mermaid", "print a picture of the graph, in Mermaid's language")
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  xqbus workflow check workflows/orders.toml --mermaid")
    .action(async (file: string, options: CheckOptions) => {
      const output = new Output(session.io, options.json === true);
      const { definition, source, text } = await readWorkflow(file, session.io);
      const checked = checkWorkflow(definition, { source, text });
      if (output.json) return output.value({ ...checked, mermaid: workflowMermaid(checked) });
      if (options.mermaid === true) return output.line(workflowMermaid(checked).trimEnd());
      output.line(
        `${source}: the workflow "${checked.name}" is right, with ${counted(checked.steps.length, "step", "steps")}`,
      );
    });
};
