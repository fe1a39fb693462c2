import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import type { Qt3Case, Qt3Context } from "./qt3.ts";

/** One test group of the XML Schema suite: a schema and its instances. The fields are described beside the data. */
export interface XsdGroup {
  readonly suite: string;
  readonly set: string;
  readonly group: string;
  readonly file: string;
  readonly schema?: string;
  readonly schemaBase64?: string;
  readonly expectedSchema: "valid" | "invalid";
  /** Path relative to the schema's folder to the text. */
  readonly documents?: Readonly<Record<string, string | { readonly base64: string }>>;
  readonly status?: string;
  readonly instances: readonly XsdInstance[];
}

/** A document of a test group. */
export interface XsdInstance {
  readonly name: string;
  readonly expected: "valid" | "invalid";
  readonly xml?: string;
  readonly xmlBase64?: string;
  readonly status?: string;
}

/** A document of the XML suite. The fields are described beside the data. */
export interface XmlCase {
  readonly id: string;
  readonly set: string;
  readonly type: "valid" | "invalid" | "not-wf" | "error";
  /** False where names may contain colons freely. */
  readonly namespace: boolean;
  readonly edition?: string;
  readonly description: string;
  /** Base64. */
  readonly xml: string;
}

/** A line of a suite's file that holds no case, and why; or the file's end, where it is cut off. */
export interface BrokenLine {
  /** `line 12`. */
  readonly broken: string;
  readonly reason: string;
}

/** @throws Error when the folder has no such file */
export function readXsdGroups(folder: string): readonly (XsdGroup | BrokenLine)[] {
  return readLines<XsdGroup>(folder, "groups.jsonl", ["set", "group", "file", "expectedSchema", "instances"]);
}

/** The cases that count: those of the fifth edition. @throws Error when the folder has no such file */
export function readXmlCases(folder: string): readonly (XmlCase | BrokenLine)[] {
  const cases = readLines<XmlCase>(folder, "cases.jsonl", ["set", "id", "type", "xml"]);
  return cases.filter((each) => isBroken(each) || each.edition === undefined || each.edition.includes("5"));
}

/** @throws Error when the folder has no such file */
export function readQt3Cases(folder: string): readonly (Qt3Case | BrokenLine)[] {
  return readLines<Qt3Case>(folder, "cases.jsonl", ["set", "name", "query", "assertion"]);
}

/** The context documents; none where the file is missing. Those that cannot be read are left out. */
export function readQt3Contexts(folder: string): readonly Qt3Context[] {
  const name = "contexts.jsonl";
  if (fileOf(folder, name) === undefined) return [];
  return readLines<Qt3Context>(folder, name, ["id"]).filter((each) => isCase(each));
}

/** Whether there is no case in the line. */
export function isBroken(line: object): line is BrokenLine {
  return "broken" in line;
}

/** Whether there is a case in the line. */
export function isCase<T extends object>(line: T | BrokenLine): line is T {
  return !isBroken(line);
}

/** Files that the suite should have and the folder does not, and lines without a case: sentences for who runs it. */
export function remarksOn(suite: "xsd" | "xml" | "qt3", folder: string): readonly string[] {
  const lines = suite === "xsd" ? readXsdGroups(folder) : suite === "xml" ? readXmlCases(folder) : readQt3Cases(folder);
  const remarks = lines
    .filter(isBroken)
    .map(({ broken, reason }) => `${broken} of the cases counts as wrong: ${reason}`);
  if (suite === "qt3" && fileOf(folder, "contexts.jsonl") === undefined) {
    remarks.push("contexts.jsonl.gz is missing: cases with a context document are refused");
  }
  return remarks;
}

/** The bytes of a text that is given as it is or in base64. */
export function bytesOf(text: string | undefined, base64: string | undefined): Uint8Array {
  return base64 === undefined ? Buffer.from(text ?? "", "utf8") : Buffer.from(base64, "base64");
}

function fileOf(folder: string, name: string): string | undefined {
  return [join(folder, `${name}.gz`), join(folder, name)].find(
    (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  );
}

/**
 * JSON lines, compressed or not. Strings contain U+2028 and lone CR, so only LF ends a line. A file that is cut off is read as far
 * as it goes.
 */
function readLines<T extends object>(
  folder: string,
  name: string,
  fields: readonly (keyof T & string)[],
): readonly (T | BrokenLine)[] {
  const file = fileOf(folder, name);
  if (file === undefined) throw new Error(`the folder "${folder}" has neither ${name}.gz nor ${name}`);
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes).toString(
    "utf8",
  );
  return text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [readLine(line, index + 1, fields)]));
}

function readLine<T extends object>(
  line: string,
  number: number,
  fields: readonly (keyof T & string)[],
): T | BrokenLine {
  const broken = `line ${number}`;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return { broken, reason: "it is not a JSON object" };
    const missing = fields.find((field) => !(field in value));
    return missing === undefined ? (value as T) : { broken, reason: `it has no field "${missing}"` };
  } catch {
    return { broken, reason: "it is not JSON" };
  }
}
