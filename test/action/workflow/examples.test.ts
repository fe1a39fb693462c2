import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { expect, it } from "vitest";
import { checkWorkflow } from "../../../src/action/workflow/check-definition.ts";
import { workflowMermaid } from "../../../src/action/workflow/mermaid.ts";

const root = join(import.meta.dirname, "../../..");
const example = readFileSync(join(root, "examples/workflows/orders.toml"), "utf8");
const page = readFileSync(join(root, "docs/workflows.md"), "utf8");

it("The example of a workflow is right, and its picture is that of the documentation", () => {
  const definition = checkWorkflow(parse(example), { actions: ["Event handle", "Write report"] });
  expect(page).toContain(`\`\`\`mermaid\n${workflowMermaid(definition)}\`\`\``);
});

it("The definition of the documentation is right", () => {
  const [, toml = ""] = /```toml\n(.*?)```/s.exec(page) ?? [];
  expect(checkWorkflow(parse(toml)).steps).toEqual(checkWorkflow(parse(example)).steps);
});
