import { expect, it } from "vitest";
import { checkWorkflow } from "../../../src/action/workflow/check-definition.ts";
import { runMermaid, workflowMermaid } from "../../../src/action/workflow/mermaid.ts";

const DEFINITION = checkWorkflow({
  name: "Orders",
  steps: {
    load: { action: "Event handle" },
    mail: { action: "mail", after: "load", when: '/rows/row["a" < 5]', onFailure: "sorry" },
    sorry: { action: "Send a letter", delay: "2s", when: "/rows" },
    end: { delay: "1m", after: ["load", "mail"] },
    first: { action: "first", when: "/rows" },
  },
});

const GRAPH = `flowchart TD
  s0["load<br/><i>Event handle</i>"]
  s1["first"]
  start((" ")) -->|"/rows"| s1
  s2["mail"]
  s0 -->|"/rows/row[#34;a#34; #60; 5]"| s2
  s2 -.->|"failure, /rows"| s3
  s3["sorry<br/><i>Send a letter</i><br/>after 2 s"]
  s4["end<br/>after 60 s"]
  s0 --> s4
  s2 --> s4
`;

it("A workflow is a picture in Mermaid's language", () => {
  expect(workflowMermaid(DEFINITION)).toBe(GRAPH);
});

it("A run is the same picture with a class for each step", () => {
  const steps = [
    { step: "load", status: "running" },
    { step: "first", status: "skipped" },
    { step: "mail", status: "blocked" },
  ] as const;
  const classes = runMermaid(DEFINITION, steps)
    .split("\n")
    .filter((line) => line.startsWith("  class "));
  expect(classes).toEqual([
    ...["  class s0 running", "  class s1 skipped", "  class s2 blocked", "  class s3 waiting", "  class s4 waiting"],
  ]);
});
