import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { Libxml2 } from "../../src/schema/engine/libxml2.ts";
import { describeWith, SHARED_FOLDER, sharedFolder } from "../helpers/requirements.ts";
import { judgeGroup } from "./judge-xsd.ts";
import { summaryOf } from "./run-suite.ts";
import { isCase, readXsdGroups } from "./suite-cases.ts";
import type { CaseResult } from "./verdict.ts";
import disagreements from "./xsd-disagreements.json" with { type: "json" };

/** Shares that must be right at least; refusals count against them. */
const MIN_SCHEMAS = 0.995;
const MIN_INSTANCES = 0.997;

/** Cases that are not right, for a reason. `disputed`: a second, independent engine contradicts the suite as well. */
interface Disagreement {
  readonly verdict: string;
  readonly reason: string;
  readonly disputed?: boolean;
  readonly schemas?: readonly string[];
  readonly instances?: readonly string[];
}

function listed(kind: CaseResult["kind"]): readonly string[] {
  return (disagreements as readonly Disagreement[])
    .flatMap(({ verdict, schemas = [], instances = [] }) =>
      (kind === "schema" ? schemas : instances).map((name) => `${verdict}: ${name}`),
    )
    .sort();
}

describeWith([SHARED_FOLDER], "the W3C's XML Schemas and their documents", () => {
  const results: CaseResult[] = [];

  beforeAll(async () => {
    let engine = await Libxml2.load({ maxErrors: 20 });
    for (const group of readXsdGroups(join(sharedFolder()!, "conformance", "xsd")).filter((each) => isCase(each))) {
      results.push(...judgeGroup(engine, group));
      if (engine.crashed) engine = await Libxml2.load({ maxErrors: 20 });
    }
    engine.close();
  });

  it.each([
    { kind: "schema" as const, least: MIN_SCHEMAS },
    { kind: "instance" as const, least: MIN_INSTANCES },
  ])("are judged as the suite says, but where the list of disagreements says why not: $kind", ({ kind, least }) => {
    const all = results.filter((each) => each.kind === kind);
    const others = all.filter(({ verdict }) => verdict !== "right");
    expect(others.map(({ verdict, name }) => `${verdict}: ${name}`).sort()).toEqual(listed(kind));
    expect(1 - others.length / all.length).toBeGreaterThanOrEqual(least);
  });

  it("never make the engine crash", () => {
    expect(results.filter(({ got }) => got.includes("crashed"))).toEqual([]);
  });
});

describe("npm run conformance", () => {
  it("runs a folder of the suite's format and ends with the counts", () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-suite-"));
    const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>`;
    const broken = schema.replace("xs:int", "xs:nothing");
    const newer = schema.replace("<xs:element", `<xs:defaultOpenContent/><xs:element`);
    const common = { suite: "own", set: "own", file: "own/a.xsd" };
    const groups = [
      {
        ...common,
        group: "accepted",
        schema,
        expectedSchema: "valid",
        instances: [
          { name: "good", expected: "valid", xml: "<a>1</a>" },
          { name: "bad", expected: "valid", xml: "<a>x</a>" },
        ],
      },
      { ...common, group: "rejected", schema: broken, expectedSchema: "invalid", instances: [] },
      { ...common, group: "refused", schema: newer, expectedSchema: "valid", instances: [] },
    ];
    try {
      writeFileSync(join(folder, "groups.jsonl"), groups.map((group) => `${JSON.stringify(group)}\n`).join(""));
      const script = join(import.meta.dirname, "../../scripts/conformance.mjs");
      const { stdout, status } = spawnSync(process.execPath, [script, "xsd", folder], { encoding: "utf8" });
      expect(stdout.trimEnd().split("\n").at(-1)).toBe(
        "xsd: schemas 2 right, 1 refused, 0 wrong; instances 1 right, 0 refused, 1 wrong",
      );
      expect(stdout).toContain("wrong: own/accepted/bad: expected valid, got invalid (");
      expect(stdout).toContain("refused: own/refused: expected valid, got refused (");
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("counts documents of the XML suite in one line", () => {
    const rest = { kind: "document" as const, expected: "well-formed", got: "well-formed" };
    expect(summaryOf("xml", [{ ...rest, name: "a", verdict: "right" }])).toBe("xml: 1 right, 0 refused, 0 wrong");
  });
});
