import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileDocuments } from "../../src/schema/assemble/compile-documents.ts";
import { Libxml2 } from "../../src/schema/engine/libxml2.ts";
import { diagnose } from "../../src/schema/problems/diagnose.ts";
import { XmlSyntaxError, parseXml, type XmlDocument } from "../../src/xml/index.ts";
import { ClosedDocuments } from "../conformance/closed-documents.ts";
import { bytesOf, isCase, readXsdGroups, type XsdGroup, type XsdInstance } from "../conformance/suite-cases.ts";
import { SHARED_FOLDER, describeWith, sharedFolder } from "../helpers/requirements.ts";

/** One group of so many is looked at unless XQBUS_FULL=1. */
const SAMPLE = process.env["XQBUS_FULL"] === "1" ? 1 : 8;

/**
 * Documents that the diagnosis misjudges, and the suite and the engine do not: where a group and what it contains both repeat,
 * and it is open where a repetition of the group begins, it counts as few repetitions of the group as can be.
 */
const OURS: ReadonlySet<string> = new Set(["ctZ008.v", "ctZ009.v", "ctZ009_b.v", "ctZ009_d.v"]);

interface Misjudged {
  readonly set: string;
  readonly group: string;
  readonly name: string;
}

describeWith([SHARED_FOLDER], "the diagnosis of the documents of the XML Schema suite", () => {
  let engine: Libxml2;
  beforeAll(async () => {
    engine = await Libxml2.load({ maxErrors: 1 });
  });
  afterAll(() => engine.close());

  it("finds nothing in what the engine accepts, and something in all that it rejects", { timeout: 600_000 }, () => {
    const folder = join(sharedFolder()!, "conformance/xsd");
    const baseline = JSON.parse(readFileSync(join(folder, "libxml2-baseline.json"), "utf8")) as {
      readonly misjudgedInstances: readonly Misjudged[];
    };
    const engineErrs = new Set(baseline.misjudgedInstances.map(({ set, group, name }) => `${set}/${group}/${name}`));
    const [tally, wrong] = [{ agree: 0, engineErrs: 0, bothErr: 0, weErr: 0 }, [] as string[]];
    const groups = readXsdGroups(folder).filter(
      (each): each is XsdGroup => isCase(each) && each.expectedSchema === "valid",
    );
    for (const group of groups.filter((_, index) => index % SAMPLE === 0)) {
      for (const [instance, verdict, ours] of verdicts(engine, group)) {
        const name = `${group.set}/${group.group}/${instance.name}`;
        if (verdict === ours) tally[engineErrs.has(name) ? "bothErr" : "agree"]++;
        else if (engineErrs.has(name)) tally.engineErrs++;
        else if (OURS.has(instance.name)) tally.weErr++;
        else wrong.push(`${name} is ${instance.expected}: engine ${verdict}, diagnosis ${ours}`);
      }
    }
    console.log(`diagnosis and engine: ${JSON.stringify(tally)}, unexplained ${wrong.length}`);
    expect(wrong).toEqual([]);
    expect(tally.agree).toBeGreaterThan(1000);
  });
});

function* verdicts(engine: Libxml2, group: XsdGroup): Iterable<readonly [XsdInstance, string, string]> {
  const files = new ClosedDocuments(group);
  const schema = compileDocuments(engine, files, { path: files.entry, realPath: files.entry });
  if ("problems" in schema) return;
  for (const instance of group.instances) {
    const tree = treeOf(instance);
    if (tree === undefined) continue;
    const context = { namespace: "", eventNames: [], table: schema.table, maxProblems: 10 };
    const ours = diagnose(tree, context).length === 0 ? "valid" : "invalid";
    yield [instance, schema.validate(tree).verdict, ours];
  }
}

/** Undefined for documents that are not for us: not well-formed, or with a DOCTYPE. */
function treeOf({ xml, xmlBase64 }: XsdInstance): XmlDocument | undefined {
  try {
    return parseXml(bytesOf(xml, xmlBase64));
  } catch (error) {
    if (error instanceof XmlSyntaxError) return undefined;
    throw error;
  }
}
