import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { checkWorkflow } from "../../../src/action/workflow/check-definition.ts";
import { InvalidWorkflowError } from "../../../src/action/workflow/workflow-problem.ts";
import { readToml } from "../../../src/server/config/read-toml.ts";

const ORDERS = `
name = "Orders"
description = "What is done with an order"
timeout = "1h"

[steps.load]
action = "Event handle"

[steps.mail]
action = "Send mail"
after = "load"
when = "/rows/row[amount > 100]"
input = { xquery = "/rows/row[amount > 100]", of = "load" }
retry = "3x schedule 1s"
timeout = "30s"
on_failure = "apology"

[steps.apology]
action = "Send mail"
input = "load"

[steps.pause]
after = ["mail", "apology"]
delay = "5m"
on_failure = "continue"
`;

async function problemsOf(text: string, actions?: readonly string[]): Promise<readonly string[]> {
  const file = await readToml(text, "w.toml");
  const options = { source: "w.toml", text: { text, linesOf: file.linesOf }, ...(actions && { actions }) };
  try {
    checkWorkflow(file.table, options);
  } catch (error) {
    if (error instanceof InvalidWorkflowError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("the definition of a workflow", () => {
  it("is read from TOML", () => {
    expect(checkWorkflow(parse(ORDERS))).toEqual({
      ...{ name: "Orders", description: "What is done with an order", timeoutMs: 3_600_000 },
      steps: [
        {
          name: "load",
          action: "Event handle",
          after: [],
          input: { kind: "input" },
          delayMs: 0,
          onFailure: { kind: "fail" },
        },
        {
          ...{ name: "mail", action: "Send mail", after: ["load"], delayMs: 0 },
          when: { xquery: "/rows/row[amount > 100]", of: "input" },
          input: { kind: "query", xquery: "/rows/row[amount > 100]", of: "load" },
          ...{ retry: "3x schedule 1s", timeoutMs: 30_000, onFailure: { kind: "step", step: "apology" } },
        },
        {
          ...{ name: "apology", action: "Send mail", after: [], input: { kind: "step", step: "load" }, delayMs: 0 },
          onFailure: { kind: "fail" },
        },
        {
          ...{ name: "pause", after: ["mail", "apology"], input: { kind: "input" }, delayMs: 300_000 },
          onFailure: { kind: "continue" },
        },
      ],
    });
  });

  it("has its steps in an order in which they can be done", () => {
    const steps = { c: { action: "A", after: "b" }, b: { action: "A", after: "a" }, a: { action: "A" } };
    expect(checkWorkflow({ name: "W", steps }).steps.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it.each<readonly [what: string, text: string, problems: readonly string[]]>([
    ["without anything", "", ["w.toml: name: is missing", "w.toml: steps: is missing"]],
    ["without steps", 'name = "W"\nsteps = {}', ["w.toml:2: steps: there is no step; expected at least one"]],
    [
      "with members that there are not",
      'name = "W"\ntimout = "1s"\n[steps.a]\naction = "A"\nafterwards = "b"\nfoo = 1',
      [
        'w.toml:2: timout: there is no such member; did you mean "timeout"?',
        "w.toml:5: steps.a.afterwards: there is no such member; expected action, after, when, input, delay, retry, timeout, on_failure, onFailure",
        "w.toml:6: steps.a.foo: there is no such member; expected action, after, when, input, delay, retry, timeout, on_failure, onFailure",
      ],
    ],
    [
      "with values of the wrong kind",
      'name = 5\n[steps.a]\naction = ""\nafter = 3\nwhen = 4\ninput = []\ndelay = "soon"\nretry = "often"',
      [
        "w.toml:1: name: expected a text of 1 to 100 characters without line breaks and other control characters",
        "w.toml:3: steps.a.action: expected a text of 1 to 100 characters without line breaks and other control characters",
        'w.toml:7: steps.a.delay: delay: "soon" is no duration; expected 500ms, 1.5s, 5m, 2h or 1d, at most 3650d',
        'w.toml:5: steps.a.when: expected a query: { xquery = "…", of = "input" }',
        expect.stringMatching(/^w\.toml:8: steps\.a\.retry: retry: "often" is not understood/),
        'w.toml:4: steps.a.after: expected the name of a step, or a list of them: ["first", "second"]',
        'w.toml:6: steps.a.input: expected a query: { xquery = "…", of = "input" }',
      ] as readonly string[],
    ],
    [
      "with a name of two lines, and steps that have no time",
      'name = "W\\nX"\ndescription = "two\\nlines"\ntimeout = "0s"\n[steps.a]\naction = "A"\ntimeout = "0ms"',
      [
        "w.toml:3: timeout: nothing ends within no time; expected a time above 0, or none for any time",
        "w.toml:1: name: expected a text of 1 to 100 characters without line breaks and other control characters",
        "w.toml:6: steps.a.timeout: nothing ends within no time; expected a time above 0, or none for any time",
      ],
    ],
    [
      "with steps that do nothing, or have a name with a meaning",
      'name = "W"\n[steps.a]\n[steps.input]\naction = "A"\n[steps."1 2"]\naction = "A"',
      [
        "w.toml:2: steps.a: a step has an action, or a delay only (a pause); this one has neither",
        'w.toml:3: steps.input: "input" has a meaning of its own and cannot name a step',
        "w.toml:5: steps.1 2: a step's name is a letter and up to 63 letters, digits, _ and -",
      ],
    ],
    [
      "with names of steps that are not there",
      'name = "W"\n[steps.load]\naction = "A"\n[steps.mail]\naction = "A"\nafter = "laod"\nwhen = { xquery = ".", of = "load" }\ninput = "nothing"\non_failure = "loed"',
      [
        'w.toml:6: steps.mail.after: there is no step "laod" (did you mean "load"?)',
        'w.toml:7: steps.mail.when: "load" is not before "mail"; add it to after',
        'w.toml:8: steps.mail.input: there is no step "nothing"',
        'w.toml:9: steps.mail.on_failure: there is no step "loed" (did you mean "load"?)',
      ],
    ],
    [
      "whose steps wait for each other",
      'name = "W"\n[steps.a]\naction = "A"\nafter = "c"\n[steps.b]\naction = "A"\nafter = "a"\n[steps.c]\naction = "A"\nafter = "b"\n[steps.d]\naction = "A"\nafter = "c"',
      [
        "w.toml:2: steps.a: the steps wait for each other: a → b → c → a",
        "w.toml:11: steps.d: can never begin: it comes after such steps",
      ],
    ],
    [
      "with a step for failures that comes after another one",
      'name = "W"\n[steps.a]\naction = "A"\non_failure = "b"\n[steps.b]\naction = "A"\nafter = "a"',
      ['w.toml:7: steps.b.after: "b" is for the failure of "a" and comes after nothing else'],
    ],
    [
      "with queries that do not compile",
      'name = "W"\n[steps.a]\naction = "A"\nwhen = "/rows/row[amount >]"\ninput = { xquery = """\n/rows\n  [foo(]\n""" }',
      [
        expect.stringMatching(/^w\.toml:4:27: steps\.a\.when: XPST0003: /),
        expect.stringMatching(/^w\.toml:7:8: steps\.a\.input: XPST0003: /),
      ] as readonly string[],
    ],
  ])("is refused %s", async (_, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  it("is refused with actions that there are not", async () => {
    const text = 'name = "W"\n[steps.a]\naction = "Event handel"\n[steps.b]\naction = "Event handle"';
    expect(await problemsOf(text, ["Event handle"])).toEqual([
      'w.toml:3: steps.a.action: there is no action "Event handel" (did you mean "Event handle"?)',
    ]);
  });

  it("has no more than 200 steps", () => {
    const steps = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`s${n}`, { action: "A" }]));
    expect(() => checkWorkflow({ name: "W", steps })).toThrow("steps: there are 201 steps; at most 200 are allowed");
  });
});
