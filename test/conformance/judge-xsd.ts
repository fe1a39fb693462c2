import { compileDocuments } from "../../src/schema/assemble/compile-documents.ts";
import type { CompiledDocuments } from "../../src/schema/assemble/compile-documents.ts";
import type { Libxml2 } from "../../src/schema/engine/libxml2.ts";
import { parseXml, XmlSyntaxError } from "../../src/xml/index.ts";
import { ClosedDocuments } from "./closed-documents.ts";
import { bytesOf, type XsdGroup, type XsdInstance } from "./suite-cases.ts";
import type { CaseResult, Verdict } from "./verdict.ts";

/** What a schema turned out to be. */
type SchemaOutcome =
  | { readonly got: "accepted"; readonly schema: CompiledDocuments; readonly message?: undefined }
  | { readonly got: "rejected" | "refused" | "crashed"; readonly message: string };

/** Compiles the schema of a group and validates its instances; the first result is the schema's. */
export function judgeGroup(engine: Libxml2, group: XsdGroup): readonly CaseResult[] {
  const outcome = compileGroup(engine, group);
  const { got, message } = outcome;
  const verdict: Verdict =
    got === "refused"
      ? "refused"
      : got === (group.expectedSchema === "valid" ? "accepted" : "rejected")
        ? "right"
        : "wrong";
  const name = groupName(group);
  const schema: CaseResult = {
    name,
    kind: "schema",
    expected: group.expectedSchema,
    got,
    verdict,
    message,
    status: group.status,
  };
  return [
    schema,
    ...group.instances.map((instance): CaseResult => {
      const rest = { name: `${name}/${instance.name}`, kind: "instance" as const, expected: instance.expected };
      const status = instance.status;
      if (outcome.got === "accepted") return { ...rest, ...judgeInstance(outcome.schema, instance), status };
      const lost = outcome.got === "refused" ? "refused" : "wrong";
      return { ...rest, got: `schema ${outcome.got}`, verdict: lost, message: outcome.message, status };
    }),
  ];
}

/** The name of a group that is unique in the suite. */
export function groupName({ set, group }: XsdGroup): string {
  return `${set}/${group}`;
}

function compileGroup(engine: Libxml2, group: XsdGroup): SchemaOutcome {
  const files = new ClosedDocuments(group);
  try {
    const result = compileDocuments(engine, files, { path: files.entry, realPath: files.entry });
    if (!("problems" in result)) return { got: "accepted", schema: result };
    const unsupported = result.problems.find(({ code }) => code !== undefined && REFUSALS.has(code));
    const [problem] = unsupported === undefined ? result.problems : [unsupported];
    const message = problem === undefined ? "" : `${problem.line}: ${problem.code ?? ""} ${problem.message}`;
    return { got: unsupported === undefined ? "rejected" : "refused", message };
  } catch (error) {
    return { got: "crashed", message: String(error) };
  }
}

function judgeInstance(
  schema: CompiledDocuments,
  { xml, xmlBase64, expected }: XsdInstance,
): Pick<CaseResult, "got" | "verdict" | "message"> {
  try {
    const tree = parseXml(bytesOf(xml, xmlBase64));
    const { verdict: got, message } = schema.validate(tree);
    return { got, verdict: got === expected ? "right" : "wrong", message };
  } catch (error) {
    if (!(error instanceof XmlSyntaxError)) return { got: "crashed", verdict: "wrong", message: String(error) };
    if (error.code === "xqbus:doctype-refused") return { got: "refused", verdict: "refused", message: error.message };
    return { got: "invalid", verdict: expected === "invalid" ? "right" : "wrong", message: error.message };
  }
}

/** Problems that say what is not supported, or is more than a limit allows; all others say what is wrong. */
const REFUSALS: ReadonlySet<string> = new Set([
  "xqbus:unsupported-construct",
  "xqbus:limit-exceeded",
  "xqbus:doctype-refused",
]);
